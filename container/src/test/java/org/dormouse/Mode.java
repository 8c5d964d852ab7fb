package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import java.util.Locale;
import org.dormouse.servlet.DormouseRequest;

/**
 * The execution that this run of the tests is for: {@code -Ddormouse.test.execution=virtual}, LOOP if nothing is said. The profile
 * {@code modes} runs all tests over sockets once for each.
 */
final class Mode {
    static final Execution EXECUTION = Execution.valueOf(
            System.getProperty("dormouse.test.execution", "loop").toUpperCase(Locale.ROOT));

    private Mode() {}

    /** A server with the execution of this run. */
    static Dormouse.Builder builder() {
        return Dormouse.builder().execution(EXECUTION);
    }

    /** An application of which each request asserts, in its own thread, that the execution of this run is in force; 500 if it is not. */
    static WebApp app(String contextPath) {
        return app(contextPath, EXECUTION);
    }

    /** The same, where a test chooses the execution. */
    static WebApp app(String contextPath, Execution execution) {
        return WebApp.at(contextPath).listener(new InForce(execution));
    }

    /** Fails where the calling thread is not one of {@code execution}. */
    static void check(Execution execution) {
        String thread = Thread.currentThread().toString();
        switch (execution) {
            case LOOP -> assertThat(thread).matches("VirtualThread\\[.*@dormouse-loop-.*");
            case VIRTUAL -> assertThat(thread).matches("VirtualThread\\[.*@ForkJoinPool-\\d+-worker-\\d+");
            case POOL -> assertThat(thread).matches("Thread\\[#\\d+,dormouse-pool-\\d+,.*");
            case INLINE -> assertThat(thread).matches("Thread\\[#\\d+,dormouse-loop-.*");
            case HOST -> throw new IllegalArgumentException("only the host knows");
        }
    }

    private record InForce(Execution execution) implements ServletRequestListener {
        @Override
        public void requestInitialized(ServletRequestEvent event) {
            check(isTrusted(event) ? execution : Execution.LOOP);
        }

        /** Servlets that block, as those of many tests do, are inline only until they have been found out. */
        private boolean isTrusted(ServletRequestEvent event) {
            if (execution != Execution.INLINE || !Thread.currentThread().isVirtual()) return true;
            var request = DormouseRequest.of(event.getServletRequest());
            return request.servletContext().dispatcher().promiseAt(request.getRequestURI()) != null;
        }
    }
}
