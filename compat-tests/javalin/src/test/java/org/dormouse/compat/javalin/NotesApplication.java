package org.dormouse.compat.javalin;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import io.javalin.http.UploadedFile;
import io.javalin.http.servlet.JavalinServlet;
import io.javalin.http.sse.SseClient;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A small notebook in Javalin, without Javalin's own server. */
final class NotesApplication {
    private final Map<Integer, Note> notes = new ConcurrentSkipListMap<>();
    private final AtomicInteger lastId = new AtomicInteger();
    final CountDownLatch firstEventSeen = new CountDownLatch(1);

    /** One note, also its form in JSON. */
    record Note(int id, String text) {}

    /** What the container gets to see of Javalin. */
    JavalinServlet servlet() {
        return new JavalinServlet(Javalin.create(this::configure).unsafe);
    }

    private void configure(JavalinConfig config) {
        config.startup.showJavalinBanner = false;
        config.http.defaultContentType = "text/plain; charset=utf-8";
        var routes = config.routes;
        routes.before(ctx -> ctx.header("X-Notebook", "1"));
        routes.get("/hello/{name}", ctx -> ctx.result("hello, " + ctx.pathParam("name")));
        routes.get("/notes", ctx -> ctx.json(notes.values()));
        routes.get("/notes/{id}", ctx -> ctx.json(note(ctx)));
        routes.post("/notes", this::add);
        routes.put("/notes/{id}", this::replace);
        routes.delete("/notes/{id}", ctx -> {
            notes.remove(note(ctx).id());
            ctx.status(204);
        });
        routes.post("/files", NotesApplication::upload);
        routes.post("/form", ctx -> ctx.result(ctx.formParam("title") + "/" + ctx.formParams("tag")));
        routes.get(
                "/later",
                ctx -> ctx.future(
                        () -> CompletableFuture.supplyAsync(() -> "later").thenAccept(ctx::result)));
        routes.get("/visits", ctx -> {
            Integer before = ctx.sessionAttribute("visits");
            int visits = before == null ? 1 : before + 1;
            ctx.sessionAttribute("visits", visits);
            ctx.result(Integer.toString(visits));
        });
        routes.get("/cookie", ctx -> ctx.cookie("taste", "sweet").result(String.valueOf(ctx.cookie("taste"))));
        routes.get("/query", ctx -> ctx.json(ctx.queryParamMap()));
        routes.get("/url", ctx -> ctx.result(ctx.fullUrl()));
        routes.get("/redirect", ctx -> ctx.redirect("/hello/again"));
        routes.get("/large", ctx -> ctx.result("0123456789".repeat(100_000)));
        routes.get("/broken", ctx -> {
            throw new IllegalStateException("the notebook is wet");
        });
        routes.get("/mapped", ctx -> {
            throw new IllegalArgumentException("not like this");
        });
        routes.sse("/events", this::events);
        routes.exception(
                IllegalArgumentException.class, (e, ctx) -> ctx.status(422).result(e.getMessage()));
        routes.error(404, ctx -> {
            if (ctx.path().startsWith("/lost")) ctx.result("lost and not found");
        });
    }

    private Note note(Context ctx) {
        Note note = notes.get(ctx.pathParamAsClass("id", Integer.class).get());
        if (note == null) throw new NotFoundResponse("no note " + ctx.pathParam("id"));
        return note;
    }

    private void add(Context ctx) {
        String text = ctx.bodyAsClass(Map.class).get("text") instanceof String given ? given : "";
        if (text.isBlank()) throw new BadRequestResponse("a note needs a text");
        Note note = new Note(lastId.incrementAndGet(), text);
        notes.put(note.id(), note);
        ctx.status(201).header("Location", "/notes/" + note.id()).json(note);
    }

    private void replace(Context ctx) {
        Note note = new Note(note(ctx).id(), ctx.body());
        notes.put(note.id(), note);
        ctx.json(note);
    }

    private static void upload(Context ctx) throws IOException {
        UploadedFile file = ctx.uploadedFile("file");
        if (file == null) throw new BadRequestResponse("no file");
        int sum = 0;
        for (byte b : file.content().readAllBytes()) sum += b & 0xff;
        ctx.json(Map.of(
                "name", file.filename(),
                "type", String.valueOf(file.contentType()),
                "bytes", file.size(),
                "sum", sum,
                "caption", String.valueOf(ctx.formParam("caption"))));
    }

    private void events(SseClient client) {
        client.keepAlive();
        Thread.startVirtualThread(() -> {
            try {
                client.sendEvent("tick", "event 1", "1");
                firstEventSeen.await();
                client.sendEvent("tick", "event 2", "2");
                client.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
