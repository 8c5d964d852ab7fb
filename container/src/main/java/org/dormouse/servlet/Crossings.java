package org.dormouse.servlet;

import java.util.HashMap;
import java.util.Map;

/**
 * The applications that one request has been dispatched to beside its own, with its session in each. A client knows one id: what it has there
 * goes by the id of its session here. The request's thread.
 */
final class Crossings {
    private final DormouseRequest request;
    private final DormouseContext origin;
    private final RequestSession ofOrigin;
    private final Map<DormouseContext, RequestSession> others = new HashMap<>();

    /** For a request that has not left its own application yet. */
    Crossings(DormouseRequest request) {
        this.request = request;
        this.origin = request.servletContext();
        this.ofOrigin = request.session();
    }

    /** The application that the client asked. */
    DormouseContext origin() {
        return origin;
    }

    /** @throws IllegalStateException if the application has been stopped */
    RequestSession sessionIn(DormouseContext context) {
        if (context == origin) return ofOrigin;
        RequestSession known = others.get(context);
        if (known != null) return known;
        if (!context.visitors().enter())
            throw new IllegalStateException("application " + context.getContextPath()
                    + "/ has been stopped: its dispatchers lead nowhere, ask for a new one");
        var made = new RequestSession(request, context, ofOrigin);
        others.put(context, made);
        return made;
    }

    /** The request uses none of its sessions any longer. */
    void end() {
        ofOrigin.end();
        others.forEach((context, session) -> {
            session.end();
            context.visitors().leave();
        });
    }
}
