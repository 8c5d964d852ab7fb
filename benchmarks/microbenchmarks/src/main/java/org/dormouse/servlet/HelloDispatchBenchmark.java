package org.dormouse.servlet;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.dormouse.http.Exchange;
import org.dormouse.http.Fields;
import org.dormouse.http.Headers;
import org.dormouse.http.Peer;
import org.dormouse.http.RequestHead;
import org.dormouse.http.Upgrade;
import org.dormouse.http.Version;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the servlet layer costs for a hello: from the exchange to the servlet and back, over an exchange that costs nothing. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class HelloDispatchBenchmark {
    private static final byte[] HELLO = "Hello, World!".getBytes(StandardCharsets.US_ASCII);

    private ServletDispatcher dispatcher;
    private final FreeExchange stream = new FreeExchange("/stream");
    private final FreeExchange announced = new FreeExchange("/announced");
    private final FreeExchange writer = new FreeExchange("/writer");

    @Setup
    public void start() throws ServletException {
        var deployment = new Deployment("");
        deployment.servlet("stream").instance(new StreamServlet()).pattern("/stream");
        deployment.servlet("announced").instance(new AnnouncedServlet()).pattern("/announced");
        deployment.servlet("writer").instance(new WriterServlet()).pattern("/writer");
        var context = new DormouseContext(deployment);
        context.start();
        dispatcher = context.dispatcher();
    }

    @Benchmark
    public int bytesToStream() {
        dispatcher.dispatch(stream, Runnable::run);
        return stream.written;
    }

    @Benchmark
    public int bytesOfAnnouncedLength() {
        dispatcher.dispatch(announced, Runnable::run);
        return announced.written;
    }

    @Benchmark
    public int textToWriter() {
        dispatcher.dispatch(writer, Runnable::run);
        return writer.written;
    }

    private static final class StreamServlet extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setContentType("text/plain");
            response.getOutputStream().write(HELLO);
        }
    }

    private static final class AnnouncedServlet extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setContentType("text/plain");
            response.setContentLength(HELLO.length);
            response.getOutputStream().write(HELLO);
        }
    }

    private static final class WriterServlet extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setContentType("text/plain");
            response.getWriter().write("Hello, World!");
        }
    }

    /** Takes everything, again and again. */
    private static final class FreeExchange implements Exchange, RequestHead {
        private final String path;
        private final Headers fields = new Headers();
        private boolean committed;
        private int written;

        FreeExchange(String path) {
            this.path = path;
            fields.add("Host", "localhost:8080");
            fields.add("User-Agent", "benchmark");
            fields.add("Accept", "*/*");
        }

        @Override
        public RequestHead request() {
            return this;
        }

        @Override
        public Peer peer() {
            throw new UnsupportedOperationException();
        }

        @Override
        public long id() {
            return 1;
        }

        @Override
        public Executor carrier() {
            return Runnable::run;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            return -1;
        }

        @Override
        public boolean isBodyRead() {
            return true;
        }

        @Override
        public void whenReadable(Runnable wake) {
            wake.run();
        }

        @Override
        public void commit(int status, String reason, Fields responseFields, long contentLength) {
            committed = true;
        }

        @Override
        public boolean isCommitted() {
            return committed;
        }

        @Override
        public int write(byte[] source, int offset, int length) {
            written += length;
            return length;
        }

        @Override
        public boolean flush() {
            return true;
        }

        @Override
        public void whenWritable(Runnable wake) {
            wake.run();
        }

        @Override
        public void finish() {
            committed = false;
        }

        @Override
        public void abort() {
            throw new IllegalStateException("hello failed");
        }

        @Override
        public void upgrade(Fields responseFields, Upgrade successor) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void whenGone(Runnable gone) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Runnable schedule(long delayNanos, Runnable task) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String method() {
            return "GET";
        }

        @Override
        public String rawPath() {
            return path;
        }

        @Override
        public String query() {
            return null;
        }

        @Override
        public Version version() {
            return Version.HTTP_1_1;
        }

        @Override
        public String authority() {
            return "localhost:8080";
        }

        @Override
        public Fields fields() {
            return fields;
        }

        @Override
        public long contentLength() {
            return 0;
        }
    }
}
