package org.dormouse.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;

/** Dispatches to a servlet by its name: the path of the request stays as it is, and no attributes are set (Servlet 6.1 §9.3.1, §9.4.2). */
final class NamedDispatcher implements RequestDispatcher {
    private final DormouseContext context;
    private final ServletPlan plan;

    NamedDispatcher(DormouseContext context, ServletPlan plan) {
        this.context = context;
        this.plan = plan;
    }

    @Override
    public void forward(ServletRequest request, ServletResponse response) throws ServletException, IOException {
        DormouseRequest own = DormouseRequest.of(request);
        try (Visit _ = Visit.to(context, own)) {
            Dispatches.forward(own, target(own, DispatcherType.FORWARD), false, request, response);
        }
    }

    @Override
    public void include(ServletRequest request, ServletResponse response) throws ServletException, IOException {
        DormouseRequest own = DormouseRequest.of(request);
        try (Visit _ = Visit.to(context, own)) {
            Dispatches.include(own, target(own, DispatcherType.INCLUDE), false, request, response);
        }
    }

    private Target target(DormouseRequest request, DispatcherType type) {
        Target now = request.target();
        return new Target(
                type,
                now.requestUri(),
                now.contextPath(),
                now.path(),
                now.query(),
                now.addedQuery(),
                now.match(),
                plan.chain(type, now.path()));
    }
}
