package org.dormouse.servlet;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.ServletResponse;
import java.io.IOException;

/** Tells the request listeners that a request enters the application and leaves it (Servlet 6.1 §11.3); only composed where there are any. */
final class RequestListenersLink implements FilterChain {
    private final ServletRequestListener[] listeners;
    private final FilterChain next;

    RequestListenersLink(ServletRequestListener[] listeners, FilterChain next) {
        this.listeners = listeners;
        this.next = next;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response) throws IOException, ServletException {
        var event = new ServletRequestEvent(request.getServletContext(), request);
        int told = 0;
        try {
            while (told < listeners.length) listeners[told++].requestInitialized(event);
            next.doFilter(request, response);
        } finally {
            while (told > 0) leave(listeners[--told], event);
        }
    }

    private static void leave(ServletRequestListener listener, ServletRequestEvent event) {
        try {
            listener.requestDestroyed(event);
        } catch (Throwable e) { // the others are told all the same
            ContextListeners.failed(listener, e);
        }
    }
}
