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
import org.dormouse.http1.Refusals;
import org.dormouse.http1.Refusals.Refusal;
import org.dormouse.poller.ChildJvm;
import org.dormouse.poller.ScriptedKernel;
import org.dormouse.poller.ScriptedPeer;
import org.dormouse.poller.loop.HandClock;
import org.dormouse.poller.loop.ScriptedLoop;
import org.dormouse.servlet.Deployment;
import org.dormouse.servlet.DormouseContext;
import org.dormouse.transport.Connection;
import org.dormouse.transport.ConnectionLimits;
import org.dormouse.transport.Connections;
import org.junit.jupiter.api.Test;

/**
 * A refusal of a head allocates less than a good request like it on a connection of its own: no stack traces, no exchange, no thread; one of
 * a body hardly more, which is the page that says why. Of both, what the kernel in memory takes is part; it is the same.
 */
class RefusalAllocationTest {
    /** A body is refused in the midst of an application, which may have a page for that; this is the server's own. */
    private static final int PAGE_OF_AN_ERROR = 2048;

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
        assertThat(bytes).hasSize(2 * Refusals.ALL.size());
        for (int i = 0; i < Refusals.ALL.size(); i++) {
            Refusal each = Refusals.ALL.get(i);
            assertThat(bytes.get("refused " + i))
                    .as(each.reason())
                    .isPositive()
                    .isLessThan(bytes.get("good " + i) + (each.isOfBody() ? PAGE_OF_AN_ERROR : 0));
        }
    }

    static final class Main {
        private static final int REQUESTS = 500;
        private static final String PAGE = "x".repeat(100);

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
                        protected void service(
                                jakarta.servlet.http.HttpServletRequest request,
                                jakarta.servlet.http.HttpServletResponse response)
                                throws IOException {
                            while (request.getInputStream().read() >= 0) Thread.onSpinWait();
                            response.getWriter().print(PAGE);
                        }
                    })
                    .pattern("/");
            var context = new DormouseContext(deployment);
            context.start();
            var application = new Application("", RequestThreads.carried(), context.dispatcher()::dispatch);
            var settings = AdmissionSettings.fixed(1_000, 10, Duration.ofSeconds(5));
            var door =
                    new Door(new Applications(List.of(application)), new Admission(settings, 1, System::nanoTime), 0);
            var http1 = new Http1(DRIVER.loop(), door, Http1Limits.DEFAULT, null);
            for (int i = 0; i < Refusals.ALL.size(); i++) {
                Refusal each = Refusals.ALL.get(i);
                System.out.println("good " + i + "=" + allocatedBy(http1, each.good(), 200));
                System.out.println("refused " + i + "=" + allocatedBy(http1, each.request(), each.status()));
            }
        }

        /** The second time: the first is for classes, and for the compiler. */
        private static double allocatedBy(Http1 http1, String request, int status) throws IOException {
            byte[] bytes = request.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII);
            allocatedBy(http1, bytes, status);
            return allocatedBy(http1, bytes, status);
        }

        private static double allocatedBy(Http1 http1, byte[] bytes, int status) throws IOException {
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
                if (!answer.startsWith("HTTP/1.1 " + status) || !peer.seesClose())
                    throw new IllegalStateException(answer);
            }
            return (double) sum / REQUESTS;
        }
    }
}
