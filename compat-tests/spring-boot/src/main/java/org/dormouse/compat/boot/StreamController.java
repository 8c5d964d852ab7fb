package org.dormouse.compat.boot;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/** Answers that come later, in pieces, or not at all. */
@RestController
class StreamController {
    private final ExecutorService background = Executors.newVirtualThreadPerTaskExecutor();

    /** The emitter of endless events, which has sent the first. */
    final CompletableFuture<SseEmitter> endless = new CompletableFuture<>();

    /** Completed when an emitter noticed that its client left. */
    final CompletableFuture<Throwable> emitterError = new CompletableFuture<>();

    /** Released by a test once it has seen the first event. */
    final CountDownLatch firstEventSeen = new CountDownLatch(1);

    @GetMapping("/later")
    DeferredResult<String> later(@RequestParam String say) {
        DeferredResult<String> result = new DeferredResult<>(10_000L);
        background.execute(() -> result.setResult("later: " + say));
        return result;
    }

    @GetMapping("/never")
    DeferredResult<String> never() {
        return new DeferredResult<>(50L, ResponseEntity.status(202).body("not yet"));
    }

    @GetMapping("/later-failed")
    DeferredResult<String> laterFailed() {
        DeferredResult<String> result = new DeferredResult<>(10_000L);
        background.execute(() -> result.setErrorResult(new NoSuchBook(99)));
        return result;
    }

    @GetMapping("/called")
    Callable<String> called() {
        return () -> "called on " + (Thread.currentThread().isVirtual() ? "a virtual thread" : "a platform thread");
    }

    @GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    SseEmitter events(@RequestParam int count) {
        SseEmitter emitter = new SseEmitter(30_000L);
        background.execute(() -> {
            try {
                for (int i = 1; i <= count; i++) {
                    emitter.send(SseEmitter.event()
                            .id(Integer.toString(i))
                            .name("tick")
                            .data("event " + i));
                    if (i == 1) firstEventSeen.await();
                }
                emitter.complete();
            } catch (IOException | InterruptedException e) {
                emitter.completeWithError(e);
            }
        });
        return emitter;
    }

    @GetMapping(path = "/endless-events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    SseEmitter endlessEvents() throws IOException {
        SseEmitter emitter = new SseEmitter(0L);
        emitter.onError(emitterError::complete);
        emitter.send("hello");
        endless.complete(emitter);
        return emitter;
    }

    @GetMapping("/stream")
    StreamingResponseBody stream(@RequestParam int lines) {
        return out -> {
            for (int i = 0; i < lines; i++) out.write(("line " + i + "\n").getBytes(StandardCharsets.UTF_8));
        };
    }
}
