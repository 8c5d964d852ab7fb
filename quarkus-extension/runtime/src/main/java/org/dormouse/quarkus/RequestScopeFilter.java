package org.dormouse.quarkus;

import io.quarkus.arc.InjectableContext.ContextState;
import io.quarkus.arc.ManagedContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The request scope of CDI: active while a filter or servlet runs, kept between the dispatches of an asynchronous request, ended with it.
 * It is not active in {@code AsyncContext.start} and in the callbacks of non-blocking streams.
 */
final class RequestScopeFilter implements Filter {
    private static final String ATTRIBUTE = RequestScopeFilter.class.getName();

    private final ManagedContext scope;

    RequestScopeFilter(ManagedContext scope) {
        this.scope = scope;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        var lifetime = (Lifetime) request.getAttribute(ATTRIBUTE);
        if (lifetime != null && scope.isActive()) {
            chain.doFilter(request, response); // an error dispatch inside of the request
            return;
        }
        if (lifetime == null) {
            lifetime = new Lifetime(scope, scope.activate());
            request.setAttribute(ATTRIBUTE, lifetime);
        } else {
            scope.activate(lifetime.state);
        }
        try {
            chain.doFilter(request, response);
        } finally {
            scope.deactivate();
            if (!lifetime.isLeftTo(request)) lifetime.end();
        }
    }

    /** Ends once, with whatever completes the request. */
    private static final class Lifetime implements AsyncListener {
        private final ManagedContext scope;
        final ContextState state;
        private final AtomicBoolean hasEnded = new AtomicBoolean();

        Lifetime(ManagedContext scope, ContextState state) {
            this.scope = scope;
            this.state = state;
        }

        /** Whether the request goes on without this thread; its completion then ends the scope. */
        boolean isLeftTo(ServletRequest request) {
            if (!request.isAsyncStarted()) return false;
            try {
                request.getAsyncContext().addListener(this);
                return true;
            } catch (IllegalStateException completedMeanwhile) {
                return false;
            }
        }

        void end() {
            if (hasEnded.compareAndSet(false, true)) scope.destroy(state);
        }

        @Override
        public void onComplete(AsyncEvent event) {
            end();
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            // Completion follows.
        }

        @Override
        public void onError(AsyncEvent event) {
            // Completion follows.
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            event.getAsyncContext().addListener(this);
        }
    }
}
