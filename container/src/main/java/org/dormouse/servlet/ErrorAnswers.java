package org.dormouse.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import java.io.IOException;
import org.dormouse.http.Exchange;
import org.dormouse.http.Headers;
import org.dormouse.servlet.mapping.CanonicalPath;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers errors: by the application's error page, or by a plain page that tells the client nothing of its inside (Servlet 6.1 §10.9). */
final class ErrorAnswers {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorAnswers.class);

    /** Fields that describe the body that was to be sent, and would be wrong for that of the error. */
    private static final String[] OF_THE_OLD_BODY = {"Content-Encoding", "ETag", "Last-Modified"};

    private final DormouseContext context;

    ErrorAnswers(DormouseContext context) {
        this.context = context;
    }

    /**
     * Answers with {@code status}; if the head has left already, the connection is cut, so that the client does not take half an answer for
     * a whole one.
     *
     * @param failure what the application threw; null if nothing
     */
    void answer(DormouseRequest request, int status, @Nullable String message, @Nullable Throwable failure) {
        DormouseResponse response = request.response();
        if (response.isHeadSent()) {
            boolean isWhole = response.output().isWhole();
            if (response.isAlive() && !response.isUpgraded() && !isWhole) response.abort();
            return;
        }
        Target failed = request.target();
        response.openForErrorPage(status);
        for (String field : OF_THE_OLD_BODY) response.headers().remove(field);
        ErrorPages pages = context.errorPages();
        String page = failure == null || status != 500 ? pages.find(status) : pages.find(failure);
        PathDispatcher dispatcher = page == null ? null : PathDispatcher.to(context, page);
        if (dispatcher == null) {
            plain(response, status, message);
            return;
        }
        describe(request, status, message, failure);
        request.becomeGet();
        Target next = dispatcher.target(request, DispatcherType.ERROR);
        request.target(next);
        try {
            next.chain().first().doFilter(request, response);
        } catch (Throwable e) { // the page for errors has one itself
            if (Causes.isOfApplication(e)) {
                LOG.error("{}: error page {} for status {} failed", request, page, status, e);
            } else {
                LOG.debug("{}: error page {} for status {}: {}", request, page, status, e.toString());
            }
            response.openForErrorPage(status);
            plainIfPossible(response, status, message);
        } finally {
            request.target(failed);
        }
        int another = response.errorStatus();
        if (another != 0) {
            response.openForErrorPage(another);
            plainIfPossible(response, another, response.errorMessage());
        }
    }

    private static void describe(
            DormouseRequest request, int status, @Nullable String message, @Nullable Throwable failure) {
        Target target = request.target();
        request.put(RequestDispatcher.ERROR_STATUS_CODE, status);
        request.put(RequestDispatcher.ERROR_REQUEST_URI, target.requestUri());
        request.put(RequestDispatcher.ERROR_QUERY_STRING, target.query());
        request.put(RequestDispatcher.ERROR_METHOD, request.getMethod());
        request.put(
                RequestDispatcher.ERROR_SERVLET_NAME, target.chain().servlet().name());
        String text = message;
        if (failure != null) {
            Throwable shown = request.servletContext().errorPages().shown(failure);
            request.put(RequestDispatcher.ERROR_EXCEPTION, shown);
            request.put(RequestDispatcher.ERROR_EXCEPTION_TYPE, shown.getClass());
            text = shown.getMessage();
        }
        request.put(RequestDispatcher.ERROR_MESSAGE, text == null ? "" : text);
    }

    private static void plainIfPossible(DormouseResponse response, int status, @Nullable String message) {
        if (response.isHeadSent()) response.abort();
        else plain(response, status, message);
    }

    private static void plain(DormouseResponse response, int status, @Nullable String message) {
        response.setContentType("text/html;charset=utf-8");
        try {
            response.output().write(PlainPage.of(status, message));
        } catch (IOException e) {
            LOG.debug("error page not sent: {}", e.toString());
        }
    }

    /** Answers a request that never became one of the application's. */
    void refuse(Exchange exchange, int status, String message) {
        var fields = new Headers();
        fields.add("Content-Type", "text/html;charset=utf-8");
        send(exchange, status, fields, PlainPage.of(status, message));
    }

    /** {@code /app} is not a path within the application at {@code /app}: relative links need the slash. */
    static void redirectToRoot(Exchange exchange, String contextPath) {
        String query = exchange.request().query();
        boolean reads = exchange.request().method().equals("GET")
                || exchange.request().method().equals("HEAD");
        var fields = new Headers();
        fields.add("Location", CanonicalPath.encode(contextPath) + "/" + (query == null ? "" : "?" + query));
        send(exchange, reads ? 302 : 308, fields, new byte[0]);
    }

    private static void send(Exchange exchange, int status, Headers fields, byte[] body) {
        try {
            exchange.commit(status, null, fields, body.length);
            // An exchange that has sent nothing yet takes this much at once; if not, finish() cuts the connection.
            exchange.write(body, 0, body.length);
            exchange.finish();
        } catch (IOException e) {
            LOG.debug("{} not sent: {}", status, e.toString());
            exchange.abort();
        }
    }
}
