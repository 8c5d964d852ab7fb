package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What an application does wrong stays with the request it does it to. Over real sockets, in the execution this JVM has by default. */
class MisbehavingApplicationTest {
    private interface Service {
        void service(HttpServletRequest request, HttpServletResponse response) throws Exception;
    }

    private static HttpServlet servlet(Service service) {
        return new HttpServlet() {
            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
                try {
                    service.service(request, response);
                } catch (IOException | RuntimeException e) {
                    throw e;
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }
        };
    }

    private static Dormouse serve(Service service) {
        return Dormouse.builder()
                .port(0)
                .host("127.0.0.1")
                .drainTimeout(Duration.ofSeconds(5))
                .deploy(WebApp.at("/").servletNamed("one", servlet(service), "/*"))
                .start();
    }

    /** A connection whose exchange never ends counts as at work. */
    private static void awaitNothingInFlight(Dormouse server) {
        for (int i = 0; i < 10_000 && server.requestsInFlight() > 0; i++) LockSupport.parkNanos(1_000_000);
        assertThat(server.requestsInFlight()).isZero();
    }

    @Test
    void aResponseCutInItsMidstGivesItsConnectionBack() throws Exception {
        try (var server = serve((request, response) -> {
            response.getWriter().write("half");
            response.flushBuffer();
            throw new IllegalStateException("in the midst");
        })) {
            for (int i = 0; i < 3; i++) {
                try (var peer = RawHttp.connect(server.port())) {
                    peer.send("""
                        GET / HTTP/1.1
                        Host: localhost

                        """);
                    while (peer.read() >= 0) {}
                }
            }
            awaitNothingInFlight(server);
        }
    }
}
