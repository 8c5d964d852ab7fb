package org.dormouse.servlet;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.dormouse.http.ClientGone;
import org.dormouse.http.Exchange;
import org.dormouse.http.Fields;
import org.dormouse.http.Headers;
import org.dormouse.http.Peer;
import org.dormouse.http.RequestHead;
import org.dormouse.http.ResponseBody;
import org.dormouse.http.Upgrade;
import org.dormouse.http.Version;
import org.jspecify.annotations.Nullable;

/**
 * An exchange in memory: the test decides when bytes of the body arrive, how much of the response is taken, when time passes and when the
 * client leaves. Any thread.
 */
public final class TestExchange implements Exchange, Peer {
    private static final AtomicLong IDS = new AtomicLong();

    private final long id = IDS.incrementAndGet();
    private final String method;
    private final String path;
    private final @Nullable String query;
    private final Headers requestFields = new Headers();
    private boolean secure;
    private String client = "192.0.2.7";
    private long announced;
    private Version version = Version.HTTP_1_1;
    private Executor carrier = Runnable::run;

    private final ArrayDeque<byte[]> arrived = new ArrayDeque<>();
    private boolean bodyEnded = true;
    private boolean bodyRead;
    private int roomOfFirstRead = -1;
    private @Nullable IOException bodyFailure;
    private @Nullable Runnable readable;

    private int status;
    private @Nullable Fields fields;
    private long contentLength = -2;
    private @Nullable ResponseBody rule;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final List<String> calls = new ArrayList<>();
    private int takes = Integer.MAX_VALUE;
    private boolean hasTimers = true;
    private int bytesOfTransfer;
    private boolean overdue;
    private @Nullable Runnable writable;
    private boolean gone;
    private @Nullable Runnable whenGone;
    private boolean aborted;
    private @Nullable Upgrade upgrade;
    private @Nullable Fields trailers;
    private final List<Integer> refused = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);

    private long nanos;
    private final List<Timer> timers = new ArrayList<>();

    private static final class Timer {
        final long deadline;
        final Runnable task;
        boolean cancelled;

        Timer(long deadline, Runnable task) {
            this.deadline = deadline;
            this.task = task;
        }
    }

    private TestExchange(String method, String target) {
        this.method = method;
        int question = target.indexOf('?');
        path = question < 0 ? target : target.substring(0, question);
        query = question < 0 ? null : target.substring(question + 1);
    }

    public static TestExchange get(String target) {
        return new TestExchange("GET", target);
    }

    public static TestExchange of(String method, String target) {
        return new TestExchange(method, target);
    }

    /** With a whole body, and the length of it announced. */
    public static TestExchange post(String target, String type, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        var exchange = new TestExchange("POST", target).field("Content-Type", type);
        exchange.field("Content-Length", Integer.toString(bytes.length));
        exchange.announced = bytes.length;
        exchange.bodyEnded = false;
        exchange.arrive(bytes);
        exchange.endBody();
        return exchange;
    }

    /** With a body that arrives when the test says so. */
    public static TestExchange open(String method, String target) {
        var exchange = new TestExchange(method, target);
        exchange.announced = -1;
        exchange.bodyEnded = false;
        return exchange;
    }

    public TestExchange field(String name, String value) {
        requestFields.add(name, value);
        return this;
    }

    /** Its client has this address. */
    public TestExchange from(String address) {
        client = address;
        return this;
    }

    public TestExchange secure() {
        secure = true;
        return this;
    }

    public TestExchange version(Version spoken) {
        version = spoken;
        return this;
    }

    /** Takes {@code bytes} of the response and no more until {@link #take} is called again. */
    public synchronized TestExchange takeOnly(int bytes) {
        takes = bytes;
        return this;
    }

    /** It cannot be woken later: there is no memory for it, or whoever keeps its time has ended. */
    public TestExchange withoutTimers() {
        hasTimers = false;
        return this;
    }

    /** It sends files, {@code bytes} a call; what they are full of is not looked at. */
    public synchronized TestExchange transfers(int bytes) {
        bytesOfTransfer = bytes;
        return this;
    }

    /** Whoever asks next is told that others wait for the loop. */
    public synchronized TestExchange overdue() {
        overdue = true;
        return this;
    }

    // --- what the client does

    public TestExchange arrive(String text) {
        return arrive(text.getBytes(StandardCharsets.UTF_8));
    }

    public TestExchange arrive(byte[] bytes) {
        Runnable wake;
        synchronized (this) {
            arrived.add(bytes.clone());
            wake = readable;
            readable = null;
        }
        if (wake != null) wake.run();
        return this;
    }

    public void endBody() {
        Runnable wake;
        synchronized (this) {
            bodyEnded = true;
            wake = readable;
            readable = null;
        }
        if (wake != null) wake.run();
    }

    public void breakBody(IOException failure) {
        Runnable wake;
        synchronized (this) {
            bodyFailure = failure;
            wake = readable;
            readable = null;
        }
        if (wake != null) wake.run();
    }

    /** The client takes {@code bytes} more of the response. */
    public void take(int bytes) {
        Runnable wake;
        synchronized (this) {
            takes = takes > Integer.MAX_VALUE - bytes ? Integer.MAX_VALUE : takes + bytes;
            wake = writable;
            writable = null;
        }
        if (wake != null) wake.run();
    }

    public void leave() {
        Runnable told;
        Runnable wakeReader;
        Runnable wakeWriter;
        synchronized (this) {
            gone = true;
            told = whenGone;
            whenGone = null;
            wakeReader = readable;
            wakeWriter = writable;
            readable = null;
            writable = null;
        }
        if (told != null) told.run();
        if (wakeReader != null) wakeReader.run();
        if (wakeWriter != null) wakeWriter.run();
    }

    public void pass(long millis) {
        var due = new ArrayList<Timer>();
        synchronized (this) {
            nanos += millis * 1_000_000;
            timers.removeIf(t -> t.cancelled);
            for (Timer timer : timers) if (timer.deadline <= nanos) due.add(timer);
            timers.removeAll(due);
        }
        for (Timer timer : due) timer.task.run();
    }

    // --- what the client got

    public synchronized int status() {
        return status;
    }

    public synchronized @Nullable String responseField(String name) {
        return fields == null ? null : fields.first(name);
    }

    public synchronized List<String> responseFields(String name) {
        var values = new ArrayList<String>();
        if (fields == null) return values;
        for (int i = fields.find(name, 0); i >= 0; i = fields.find(name, i + 1)) values.add(fields.value(i));
        return values;
    }

    /** What was given to commit: -1 if unknown; -2 before commit. */
    public synchronized long contentLength() {
        return contentLength;
    }

    /** How many bytes of the body were asked for first; -1 if none. */
    public synchronized int roomOfFirstRead() {
        return roomOfFirstRead;
    }

    public synchronized String body() {
        return body.toString(StandardCharsets.UTF_8);
    }

    public synchronized byte[] bodyBytes() {
        return body.toByteArray();
    }

    /** What follows the body; null if nothing was said. */
    public synchronized @Nullable Fields sentTrailers() {
        return trailers;
    }

    /** Statuses with which the container has refused this request. */
    public synchronized List<Integer> refusals() {
        return List.copyOf(refused);
    }

    /** The names of the calls that made the response, in order. */
    public synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    public synchronized boolean isAborted() {
        return aborted;
    }

    public synchronized int timers() {
        timers.removeIf(t -> t.cancelled);
        return timers.size();
    }

    public boolean isEnded() {
        return ended.getCount() == 0;
    }

    /** Waits until the response has been finished or aborted. */
    public void awaitEnd() throws InterruptedException {
        if (!ended.await(10, TimeUnit.SECONDS)) throw new AssertionError("exchange not finished after 10 s");
    }

    public synchronized @Nullable Upgrade upgraded() {
        return upgrade;
    }

    // --- RequestHead and Peer

    @Override
    public RequestHead request() {
        return new Head();
    }

    @Override
    public Peer peer() {
        return this;
    }

    /** The head; its content length is that of the request, not of the response. */
    private final class Head implements RequestHead {
        @Override
        public String method() {
            return method;
        }

        @Override
        public String rawPath() {
            return path;
        }

        @Override
        public @Nullable String query() {
            return query;
        }

        @Override
        public Version version() {
            return version;
        }

        @Override
        public @Nullable String authority() {
            return requestFields.first("Host");
        }

        @Override
        public Fields fields() {
            return requestFields;
        }

        @Override
        public long contentLength() {
            return announced;
        }
    }

    @Override
    public String remoteAddress() {
        return client;
    }

    @Override
    public int remotePort() {
        return 40000;
    }

    @Override
    public String localAddress() {
        return "192.0.2.1";
    }

    @Override
    public int localPort() {
        return 8080;
    }

    @Override
    public boolean isSecure() {
        return secure;
    }

    @Override
    public String connectionId() {
        return "connection-" + id;
    }

    // --- Exchange

    @Override
    public long id() {
        return id;
    }

    @Override
    public Executor carrier() {
        return carrier;
    }

    @Override
    public synchronized int read(byte[] target, int offset, int length) throws IOException {
        if (roomOfFirstRead < 0) roomOfFirstRead = length;
        if (bodyFailure != null) throw bodyFailure;
        if (gone) throw new ClientGone("left");
        byte[] first = arrived.peek();
        if (first == null) {
            bodyRead = bodyEnded;
            return bodyEnded ? -1 : 0;
        }
        arrived.remove();
        int count = Math.min(length, first.length);
        System.arraycopy(first, 0, target, offset, count);
        if (count < first.length) arrived.addFirst(java.util.Arrays.copyOfRange(first, count, first.length));
        bodyRead = bodyEnded && arrived.isEmpty();
        return count;
    }

    @Override
    public synchronized boolean isBodyRead() {
        return bodyRead || (bodyEnded && arrived.isEmpty());
    }

    @Override
    public void whenReadable(Runnable wake) {
        boolean now;
        synchronized (this) {
            now = !arrived.isEmpty() || bodyEnded || bodyFailure != null || gone;
            if (!now) readable = wake;
        }
        if (now) wake.run();
    }

    @Override
    public synchronized void commit(int newStatus, @Nullable String reason, Fields newFields, long length) {
        if (rule != null) throw new IllegalStateException("committed already");
        calls.add("commit");
        status = newStatus;
        fields = newFields;
        contentLength = length;
        rule = new ResponseBody(method, newStatus, length);
    }

    @Override
    public synchronized boolean isCommitted() {
        return rule != null;
    }

    @Override
    public synchronized boolean interim(int interimStatus, Fields interimFields) {
        if (rule != null) throw new IllegalStateException("committed already");
        calls.add("interim " + interimStatus + " with " + interimFields.size());
        return true;
    }

    @Override
    public synchronized boolean mayHaveTrailers() {
        return version == Version.HTTP_1_1 && (rule == null || rule.isOpenEnded());
    }

    @Override
    public synchronized void endWith(Fields fieldsBehind) {
        if (!mayHaveTrailers()) throw new IllegalStateException("no trailers");
        trailers = fieldsBehind;
    }

    @Override
    public synchronized void refused(org.dormouse.http.BadRequest reason) {
        refused.add(reason.status());
    }

    @Override
    public synchronized int write(byte[] source, int offset, int length) throws IOException {
        ResponseBody counting = rule;
        if (counting == null) throw new IllegalStateException("write before commit");
        if (isEnded()) throw new IllegalStateException("write after finish");
        if (gone) throw new ClientGone("left");
        int taken = Math.min(length, takes);
        if (takes != Integer.MAX_VALUE) takes -= taken;
        if (taken > 0) calls.add("write " + taken);
        int admitted = counting.admits(taken);
        body.write(source, offset, admitted);
        counting.wrote(admitted);
        return taken;
    }

    @Override
    public synchronized boolean canTransfer() {
        return bytesOfTransfer > 0;
    }

    @Override
    public synchronized int transfer(int file, long position, int length) {
        int sent = Math.min(bytesOfTransfer, length);
        calls.add("transfer from " + position);
        return sent;
    }

    @Override
    public synchronized boolean isOverdue() {
        return overdue;
    }

    @Override
    public synchronized void giveTurn() {
        calls.add("turn");
        overdue = false;
    }

    @Override
    public synchronized boolean flush() throws IOException {
        if (gone) throw new ClientGone("left");
        calls.add("flush");
        return true;
    }

    @Override
    public void whenWritable(Runnable wake) {
        boolean now;
        synchronized (this) {
            now = takes > 0 || gone;
            if (!now) writable = wake;
        }
        if (now) wake.run();
    }

    @Override
    public synchronized void finish() {
        calls.add("finish");
        ended.countDown();
    }

    @Override
    public synchronized void abort() {
        if (!aborted) calls.add("abort");
        aborted = true;
        ended.countDown();
    }

    @Override
    public synchronized void upgrade(Fields newFields, Upgrade successor) {
        if (rule != null) throw new IllegalStateException("committed already");
        status = 101;
        fields = newFields;
        upgrade = successor;
        rule = new ResponseBody(method, 101, -1);
        ended.countDown();
    }

    @Override
    public void whenGone(@Nullable Runnable told) {
        boolean now;
        synchronized (this) {
            now = gone && told != null;
            if (!now) whenGone = told;
        }
        if (now && told != null) told.run();
    }

    @Override
    public synchronized Runnable schedule(long delayNanos, Runnable task) {
        if (!hasTimers) throw new IllegalStateException("no timers");
        var timer = new Timer(nanos + delayNanos, task);
        timers.add(timer);
        return () -> timer.cancelled = true;
    }
}
