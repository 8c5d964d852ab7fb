package org.dormouse.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.EnumSet;
import java.util.EventListener;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** A small application for one test: servlets and filters as lambdas, a clock moved by hand, tasks in the test's own thread. */
final class TestApp implements AutoCloseable {
    interface Service {
        void service(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException;
    }

    interface Around {
        void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws IOException, ServletException;
    }

    final Deployment deployment;
    final DormouseContext context;
    long nowMillis = 1_000_000;

    private TestApp(String contextPath) {
        deployment = new Deployment(contextPath);
        context = new DormouseContext(deployment, () -> nowMillis);
    }

    static TestApp at(String contextPath) {
        return new TestApp(contextPath);
    }

    TestApp servlet(String pattern, Service service) {
        deployment
                .servlet("at " + pattern)
                .instance(servlet(service))
                .asyncSupported(true)
                .pattern(pattern);
        return this;
    }

    static HttpServlet servlet(Service service) {
        return new Checking(service);
    }

    /** What a servlet asserts must reach the test: the dispatcher takes it for a failure of the application, and answers it. */
    private static final class Checking extends HttpServlet {
        private static final long serialVersionUID = 1;

        private final transient Service service;
        private transient volatile AssertionError broken;

        Checking(Service service) {
            this.service = service;
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response)
                throws IOException, ServletException {
            try {
                service.service(request, response);
            } catch (AssertionError e) {
                broken = e;
                throw e;
            }
        }
    }

    static Filter filter(Around around) {
        return (request, response, chain) ->
                around.doFilter((HttpServletRequest) request, (HttpServletResponse) response, chain);
    }

    TestApp filter(String name, String pattern, Around around) {
        return filter(name, pattern, EnumSet.of(DispatcherType.REQUEST), around);
    }

    TestApp filter(String name, String pattern, Set<DispatcherType> types, Around around) {
        deployment.filter(name).instance(filter(around)).asyncSupported(true);
        deployment.filterMappings().add(FilterMapping.ofPattern(name, pattern, types));
        return this;
    }

    TestApp listener(EventListener listener) {
        deployment.listeners().add(ListenerDeclaration.of(listener));
        return this;
    }

    TestApp with(Consumer<Deployment> change) {
        change.accept(deployment);
        return this;
    }

    TestApp start() throws ServletException {
        context.start();
        return this;
    }

    TestExchange get(String target) {
        return run(TestExchange.get(target));
    }

    /** Runs the exchange in the caller's thread; so are its asynchronous tasks. */
    TestExchange run(TestExchange exchange) {
        return run(exchange, Runnable::run);
    }

    TestExchange run(TestExchange exchange, Executor executor) {
        if (!context.isRunning()) {
            try {
                start();
            } catch (ServletException e) {
                throw new AssertionError(e);
            }
        }
        context.dispatcher().dispatch(exchange, executor);
        return exchange;
    }

    @Override
    public void close() {
        context.stop();
        for (ServletDeclaration declared : deployment.servlets()) {
            if (declared.instance() instanceof Checking servlet && servlet.broken != null) throw servlet.broken;
        }
    }
}
