package org.dormouse.standalone.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A headless Chromium, driven by its DevTools protocol. */
final class Browser {
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome", "chrome");
    private static final Pattern LISTENS = Pattern.compile("DevTools listening on (ws://\\S+)");
    private static final Pattern ID = Pattern.compile("^\\{\"id\":(\\d+)[,}]");

    private final Path profile;
    private final Process process;
    private final HttpClient client = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final AtomicInteger calls = new AtomicInteger();
    private final Map<Integer, CompletableFuture<String>> answers = new ConcurrentHashMap<>();

    /** The program, or null where none is installed. */
    static @Nullable Path find() {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
            for (String name : NAMES) {
                Path program = Path.of(folder, name);
                if (Files.isExecutable(program)) return program;
            }
        }
        return null;
    }

    Browser(Path program) throws Exception {
        profile = Files.createTempDirectory("dormouse-browser");
        // without a sandbox, since a container's root has none; it visits nothing but this machine
        process = new ProcessBuilder(
                        program.toString(),
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectErrorStream(true)
                .start();
        socket = client.newWebSocketBuilder()
                .buildAsync(URI.create(endpoint()), new Answers())
                .get(20, TimeUnit.SECONDS);
    }

    private String endpoint() throws IOException {
        List<String> said = new ArrayList<>();
        BufferedReader output = process.inputReader();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            said.add(line);
            Matcher listens = LISTENS.matcher(line);
            if (!listens.find()) continue;
            Thread.ofVirtual().start(() -> output.lines().forEach(_ -> {})); // or it would wait for us
            return listens.group(1);
        }
        throw new IOException("the browser ended: " + said);
    }

    /** A window of a visitor of its own: no cookie and no storage is that of another. */
    Page open(String url) throws Exception {
        String context = field(call("", "Target.createBrowserContext", ""), "browserContextId");
        String target = field(
                call("", "Target.createTarget", "\"url\":\"about:blank\",\"browserContextId\":\"" + context + "\""),
                "targetId");
        String session = field(
                call("", "Target.attachToTarget", "\"targetId\":\"" + target + "\",\"flatten\":true"), "sessionId");
        var page = new Page(session);
        call(session, "Page.enable", "");
        call(
                session,
                "Page.addScriptToEvaluateOnNewDocument",
                "\"source\":\"window.violations = []; document.addEventListener('securitypolicyviolation', e =>"
                        + " violations.push(e.violatedDirective + ' ' + e.blockedURI));"
                        + " window.addEventListener('error', e => violations.push(e.message));\"");
        call(session, "Page.navigate", "\"url\":\"" + url + "\"");
        return page;
    }

    private String call(String session, String method, String parameters) throws Exception {
        int id = calls.incrementAndGet();
        var answer = new CompletableFuture<String>();
        answers.put(id, answer);
        String to = session.isEmpty() ? "" : ",\"sessionId\":\"" + session + "\"";
        String text = "{\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":{" + parameters + "}" + to + "}";
        synchronized (this) {
            socket.sendText(text, true).get(20, TimeUnit.SECONDS);
        }
        String told = answer.get(40, TimeUnit.SECONDS);
        if (told.contains("\"error\":{")) throw new IOException(method + ": " + told);
        return told;
    }

    private static String field(String answer, String name) throws IOException {
        Matcher found = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(answer);
        if (!found.find()) throw new IOException("no " + name + " in " + answer);
        return found.group(1);
    }

    /** Ends it and takes its profile away. */
    void quit() throws Exception {
        try {
            call("", "Browser.close", "");
        } finally {
            client.close();
            if (!process.waitFor(20, TimeUnit.SECONDS))
                process.destroyForcibly().waitFor();
            try (var files = Files.walk(profile)) {
                for (Path file :
                        files.sorted(java.util.Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
            }
        }
    }

    /** One window. */
    final class Page {
        private final String session;

        private Page(String session) {
            this.session = session;
        }

        /** What {@code script} evaluates to, as a text; a promise is awaited. */
        String evaluate(String script) throws Exception {
            String wrapped = "(async () => encodeURIComponent(String(await (" + script + "))))()";
            String answer = call(
                    session,
                    "Runtime.evaluate",
                    "\"awaitPromise\":true,\"returnByValue\":true,\"expression\":\""
                            + wrapped.replace("\\", "\\\\")
                                    .replace("\"", "\\\"")
                                    .replace("\n", "\\n") + "\"");
            if (answer.contains("\"exceptionDetails\"")) throw new IOException(script + ": " + answer);
            return URLDecoder.decode(field(answer, "value").replace("+", "%2B"), StandardCharsets.UTF_8);
        }

        /** Waits until {@code condition} holds; looks again whenever the document has changed. */
        void await(String condition) throws Exception {
            evaluate("new Promise((resolve, reject) => {"
                    + " const check = () => { if (" + condition + ") { seen.disconnect(); resolve(true); } };"
                    + " const seen = new MutationObserver(check);"
                    + " seen.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });"
                    + " setTimeout(() => reject(new Error('not within 30 s: ' + document.body.innerText)), 30000);"
                    + " check(); })");
        }

        void awaitText(String element, String text) throws Exception {
            await("document.querySelector('" + element + "')?.textContent.includes('" + text + "')");
        }
    }

    /** Answers come as one line each; events are not asked for. */
    private final class Answers implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                String message = text.toString();
                text.setLength(0);
                Matcher id = ID.matcher(message);
                CompletableFuture<String> asked = id.find() ? answers.remove(Integer.valueOf(id.group(1))) : null;
                if (asked != null) asked.complete(message);
            }
            from.request(1);
            return null;
        }
    }
}
