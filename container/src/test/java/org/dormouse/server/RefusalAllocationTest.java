package org.dormouse.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.dormouse.buffer.BufferPool;
import org.dormouse.http1.Http1;
import org.dormouse.http1.Http1Limits;
import org.dormouse.poller.ScriptedKernel;
import org.dormouse.poller.ScriptedPeer;
import org.dormouse.poller.loop.ChildJvm;
import org.dormouse.poller.loop.HandClock;
import org.dormouse.poller.loop.ScriptedLoop;
import org.dormouse.servlet.Deployment;
import org.dormouse.servlet.DormouseContext;
import org.dormouse.transport.Connection;
import org.dormouse.transport.ConnectionLimits;
import org.dormouse.transport.Connections;
import org.junit.jupiter.api.Test;

/**
 * A refusal allocates less than the smallest good request on a connection of its own: no stack traces, no exchange, no thread. Of both, what
 * the kernel in memory takes is part; it is the same.
 */
class RefusalAllocationTest {
    @Test
    void aRefusalAllocatesLessThanAGoodRequest() throws Exception {
        String printed =
                ChildJvm.run(Main.class, "-Xmx256m", "-XX:+UseSerialGC", "--add-opens=java.base/java.lang=ALL-UNNAMED");
        System.out.print(printed);
        Map<String, Double> bytes = new LinkedHashMap<>();
        printed.lines().forEach(line -> {
            int equals = line.lastIndexOf('=');
            bytes.put(line.substring(0, equals), Double.parseDouble(line.substring(equals + 1)));
        });
        double good = bytes.remove("good");
        assertThat(bytes).hasSameSizeAs(Main.REFUSED);
        bytes.forEach((what, each) -> assertThat(each).as(what).isPositive().isLessThan(good));
    }

    static final class Main {
        private static final int REQUESTS = 500;
        private static final String GOOD = "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
        static final List<String> REFUSED = List.of(
                "GET / HTTP/1.1\r\nHost : h\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET /" + "x".repeat(8200) + " HTTP/1.1\r\n",
                "GET / HTTP/1.1\r\nHost: h\r\n" + "A: b\r\n".repeat(100),
                "GET / HTTP/1.1\r\nA: " + "b".repeat(16 * 1024),
                "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1, 1\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 999999999999\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n",
                "X".repeat(100),
                "GET / HTTP/2.0\r\n\r\n");

        private static final ScriptedKernel KERNEL = new ScriptedKernel();
        private static final ScriptedLoop DRIVER = new ScriptedLoop(KERNEL, new HandClock());
        private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        private static final Connections CONNECTIONS =
                new Connections(DRIVER.loop(), ConnectionLimits.DEFAULT, new AtomicInteger(), new BufferPool(64));

        public static void main(String[] arguments) throws Exception {
            var deployment = new Deployment("");
            deployment
                    .servlet("empty")
                    .instance(new jakarta.servlet.http.HttpServlet() {
                        @Override
                        protected void doGet(
                                jakarta.servlet.http.HttpServletRequest request,
                                jakarta.servlet.http.HttpServletResponse response) {}
                    })
                    .pattern("/");
            var context = new DormouseContext(deployment);
            context.start();
            var application = new Application("", RequestThreads.carried(), context.dispatcher()::dispatch);
            var settings = AdmissionSettings.fixed(1_000, 10, Duration.ofSeconds(5));
            var door =
                    new Door(new Applications(List.of(application)), new Admission(settings, 1, System::nanoTime), 0);
            var http1 = new Http1(DRIVER.loop(), door, Http1Limits.DEFAULT, null);
            allocatedBy(http1, GOOD, "200"); // classes, and the compiler
            System.out.println("good=" + allocatedBy(http1, GOOD, "200"));
            for (int i = 0; i < REFUSED.size(); i++) {
                allocatedBy(http1, REFUSED.get(i), "");
                System.out.println("refusal " + i + "=" + allocatedBy(http1, REFUSED.get(i), ""));
            }
        }

        private static double allocatedBy(Http1 http1, String request, String status) throws IOException {
            byte[] bytes = request.getBytes(StandardCharsets.US_ASCII);
            long sum = 0;
            for (int i = 0; i < REQUESTS; i++) {
                ScriptedPeer peer = KERNEL.connect();
                Connection.open(CONNECTIONS, peer.socket(), http1);
                DRIVER.settle();
                peer.send(bytes);
                peer.finish();
                long before = THREADS.getCurrentThreadAllocatedBytes();
                DRIVER.settle();
                sum += THREADS.getCurrentThreadAllocatedBytes() - before;
                String answer = peer.takeReceivedText();
                boolean expected = status.isEmpty()
                        ? answer.startsWith("HTTP/1.1 4") || answer.startsWith("HTTP/1.1 5")
                        : answer.startsWith("HTTP/1.1 " + status);
                if (!expected || !peer.seesClose()) throw new IllegalStateException(answer);
            }
            return (double) sum / REQUESTS;
        }
    }
}
