package org.dormouse.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A foreign server in memory: it remembers what the exchange asked of it, takes as many response bytes as the test allows, and runs
 * tasks and timers when the test says so. Safe for a reader and a writer beside the test.
 */
public final class ScriptedHost implements ForeignConnection {
    private final List<String> events = new ArrayList<>();
    private final List<Runnable> tasks = new ArrayList<>();
    private final List<Runnable> timers = new ArrayList<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private long room = Long.MAX_VALUE;
    private @Nullable Executor carrier;

    /** The peer of every exchange made here. */
    public static final Peer PEER = new Peer() {
        @Override
        public String remoteAddress() {
            return "192.0.2.1";
        }

        @Override
        public int remotePort() {
            return 40000;
        }

        @Override
        public String localAddress() {
            return "192.0.2.2";
        }

        @Override
        public int localPort() {
            return 80;
        }

        @Override
        public boolean isSecure() {
            return false;
        }

        @Override
        public String connectionId() {
            return "scripted";
        }
    };

    /** An exchange of this host, with {@code fields} as name, value, name, value... */
    public FedExchange exchange(String method, String target, long contentLength, String... fields) {
        var headers = new Headers();
        for (int i = 0; i < fields.length; i += 2) headers.add(fields[i], fields[i + 1]);
        var head = TextHead.of(method, target, Version.HTTP_1_1, "localhost", headers, contentLength);
        return new FedExchange(1, head, PEER, this, 1024);
    }

    /** From now on tasks start on {@code executor} instead of waiting for {@link #runTasks}. */
    public synchronized ScriptedHost carriedBy(Executor executor) {
        carrier = executor;
        return this;
    }

    /** The client takes {@code bytes} and then nothing until this is called again. */
    public synchronized ScriptedHost room(long bytes) {
        room = bytes;
        return this;
    }

    /** What the exchange asked for since the last call: {@code resume}, {@code head 200 body 5}, {@code end whole}... */
    public synchronized List<String> takeEvents() {
        var taken = List.copyOf(events);
        events.clear();
        return taken;
    }

    /** The response body so far. */
    public synchronized String body() {
        return body.toString(StandardCharsets.UTF_8);
    }

    public synchronized boolean hasSeen(String event) {
        return events.contains(event);
    }

    /** Waits, at most ten seconds, until the exchange has asked for {@code event}. */
    public synchronized void awaitEvent(String event) throws InterruptedException {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (!events.contains(event)) {
            long left = deadline - System.nanoTime();
            if (left <= 0)
                throw new AssertionError("no event \"" + event + "\", only " + events + " with body " + body());
            wait(left / 1_000_000 + 1);
        }
    }

    /** As {@link #awaitEvent}, and forgets it; the others stay. */
    public synchronized void takeEvent(String event) throws InterruptedException {
        awaitEvent(event);
        events.remove(event);
    }

    /** Waits, at most ten seconds, until a timer runs. */
    public synchronized void awaitTimer() throws InterruptedException {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (timers.isEmpty()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) throw new AssertionError("no timer was set");
            wait(left / 1_000_000 + 1);
        }
    }

    /** Runs the tasks that were given to the carrier. */
    public void runTasks() {
        runAll(tasks);
    }

    /** Lets the time of every timer that was not taken back come. */
    public void expireTimers() {
        runAll(timers);
    }

    private void runAll(List<Runnable> source) {
        List<Runnable> taken;
        synchronized (this) {
            taken = List.copyOf(source);
            source.clear();
        }
        taken.forEach(Runnable::run);
    }

    private synchronized void add(String event) {
        events.add(event);
        notifyAll();
    }

    @Override
    public void resume() {
        add("resume");
    }

    @Override
    public void sendContinue() {
        add("continue");
    }

    @Override
    public void head(int status, @Nullable String reason, Fields fields, ResponseBody body) {
        var line = new StringBuilder("head " + status);
        if (reason != null) line.append(' ').append(reason);
        line.append(body.isAllowed() ? " body" : " nobody");
        if (body.contentLength() >= 0) line.append(' ').append(body.contentLength());
        for (int i = 0; i < fields.size(); i++)
            line.append(", ").append(fields.name(i)).append(": ").append(fields.value(i));
        add(line.toString());
    }

    @Override
    public synchronized int write(byte[] source, int offset, int length) {
        int taken = (int) Math.min(length, room);
        room -= taken;
        body.write(source, offset, taken);
        return taken;
    }

    @Override
    public synchronized boolean isFull() {
        return room == 0;
    }

    @Override
    public boolean flush() {
        add("flush");
        return !isFull();
    }

    @Override
    public void end(boolean whole) {
        add(whole ? "end whole" : "end short");
    }

    @Override
    public void abort() {
        add("abort");
    }

    @Override
    public Executor carrier() {
        return task -> {
            Executor executor;
            synchronized (this) {
                executor = carrier;
                if (executor == null) tasks.add(task);
            }
            if (executor != null) executor.execute(task);
        };
    }

    @Override
    public synchronized Runnable schedule(long delayNanos, Runnable task) {
        timers.add(task);
        notifyAll();
        return () -> {
            synchronized (this) {
                timers.remove(task);
            }
        };
    }
}
