package org.dormouse.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.ServletResponse;
import java.io.IOException;

/**
 * Tells the request listeners that a request enters the application and leaves it (Servlet 6.1 §11.3); only composed where there are any.
 * They surround the answer to an error too, so that its page sees the same request. An error that is answered later, of an asynchronous
 * request, enters anew.
 */
final class RequestListenersLink implements FilterChain {
    private final ServletRequestListener[] listeners;
    private final FilterChain next;

    RequestListenersLink(ServletRequestListener[] listeners, FilterChain next) {
        this.listeners = listeners;
        this.next = next;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response) throws IOException, ServletException {
        DormouseRequest own = DormouseRequest.of(request);
        if (own.isWithinListeners()) { // an error is answered on the way back from where it happened
            next.doFilter(request, response);
            return;
        }
        var event = new ServletRequestEvent(request.getServletContext(), request);
        own.isWithinListeners(true);
        int told = 0;
        try {
            while (told < listeners.length) listeners[told++].requestInitialized(event);
            if (own.getDispatcherType() == DispatcherType.ERROR) next.doFilter(request, response);
            else runAndAnswer(own, request, response);
        } finally {
            while (told > 0) leave(listeners[--told], event);
            own.isWithinListeners(false);
        }
    }

    private void runAndAnswer(DormouseRequest own, ServletRequest request, ServletResponse response) {
        ServletDispatcher dispatcher = own.servletContext().dispatcher();
        dispatcher.run(own, request, response, next);
        AsyncRequest async = own.async();
        if (async == null || async.isIdle()) dispatcher.answerPendingError(own);
    }

    private static void leave(ServletRequestListener listener, ServletRequestEvent event) {
        try {
            listener.requestDestroyed(event);
        } catch (Throwable e) { // the others are told all the same
            ContextListeners.failed(listener, e);
        }
    }
}
