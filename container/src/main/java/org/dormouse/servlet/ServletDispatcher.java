package org.dormouse.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.UnavailableException;
import java.io.IOException;
import java.util.concurrent.Executor;
import org.dormouse.http.BadRequest;
import org.dormouse.http.ClientGone;
import org.dormouse.http.Exchange;
import org.dormouse.http.RequestHead;
import org.dormouse.servlet.mapping.CanonicalPath;
import org.dormouse.servlet.mapping.ServletMatch;
import org.dormouse.servlet.session.TooManySessions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes one exchange through one application. Any thread, many at once. */
public final class ServletDispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(ServletDispatcher.class);

    private final DormouseContext context;
    private final ErrorAnswers errors;

    ServletDispatcher(DormouseContext context) {
        this.context = context;
        this.errors = new ErrorAnswers(context);
    }

    /**
     * Runs filters and servlet for {@code exchange} in the caller's thread, and finishes it, unless the application went asynchronous. Never
     * throws what the application did: that is answered and logged here.
     *
     * @param executor where this application runs tasks: {@code AsyncContext.start}, async dispatches and callbacks
     */
    public void dispatch(Exchange exchange, Executor executor) {
        RequestHead head = exchange.request();
        Target target;
        try {
            String rawPath = ContextPaths.withOneSlash(head.rawPath());
            String path = CanonicalPath.of(rawPath);
            String contextPath = context.getContextPath();
            if (!contextPath.isEmpty()) {
                path = ContextPaths.below(contextPath, path);
                if (path.isEmpty()) {
                    ErrorAnswers.redirectToRoot(exchange, contextPath);
                    return;
                }
                contextPath = ContextPaths.asSent(contextPath, rawPath);
            }
            Composition composition = context.composition();
            path = composition.welcome(path);
            ServletMatch<ServletPlan> match = composition.findForClient(path);
            Chain chain = match.target().chain(DispatcherType.REQUEST, path);
            target = new Target(DispatcherType.REQUEST, rawPath, contextPath, path, head.query(), null, match, chain);
        } catch (BadRequest e) {
            exchange.refused(e);
            errors.refuse(exchange, e.status(), String.valueOf(e.getMessage()));
            return;
        }
        var request = new DormouseRequest(context, exchange, head, executor, target);
        Thread thread = Thread.currentThread();
        ClassLoader callers = thread.getContextClassLoader();
        thread.setContextClassLoader(context.getClassLoader());
        try {
            run(request, request, request.response(), target.chain().first());
            if (request.async() == null) answerPendingError(request);
            AsyncRequest async = request.async(); // the page of the error may have gone asynchronous
            if (async == null) {
                end(request);
            } else {
                async.endIfIdle();
                async.work();
            }
        } finally {
            thread.setContextClassLoader(callers);
        }
    }

    /** Whether some servlet of the running application promises not to block: {@link #promiseAt} is worth asking. */
    public boolean makesPromises() {
        return context.composition().makesPromises();
    }

    /**
     * The promise not to block of the servlet that {@code rawPath} leads to; null if it has made none or has broken it, and where only
     * {@link #dispatch} can tell which it is. Does not block.
     *
     * @param rawPath encoded, as the client sent it
     */
    public @Nullable NonBlockingPromise promiseAt(String rawPath) {
        try {
            String path = CanonicalPath.of(ContextPaths.withOneSlash(rawPath));
            String contextPath = context.getContextPath();
            if (!contextPath.isEmpty()) path = ContextPaths.below(contextPath, path);
            return path.isEmpty() ? null : context.composition().promiseAt(path);
        } catch (BadRequest e) {
            return null;
        }
    }

    /** Runs a chain; what it lets escape is answered. */
    void run(DormouseRequest own, ServletRequest request, ServletResponse response, FilterChain chain) {
        try {
            chain.doFilter(request, response);
        } catch (Throwable e) { // whatever it is, the loop's thread goes on and the client gets an answer
            AsyncRequest async = own.async();
            if (async != null && !async.failsAfterAsking() && async.isStarted()) {
                async.failed(e);
            } else {
                report(own, e);
                answerFailure(own, e);
            }
        }
    }

    /** Tells the log, sorted by who is guilty: the client that left or broke the protocol, or the application. */
    void report(DormouseRequest request, Throwable failure) {
        if (!Causes.isOfApplication(failure)) {
            if (LOG.isDebugEnabled()) LOG.debug("{}: {}", request, failure.toString());
            return;
        }
        String what = failure instanceof UnavailableException ? "is unavailable" : "failed";
        LOG.error(
                "{}: servlet {} {}", request, request.target().chain().servlet().name(), what, failure);
    }

    /** By the same order; what is not the client's fault and not a servlet's absence is 500. */
    void answerFailure(DormouseRequest request, Throwable failure) {
        if (Causes.find(failure, ClientGone.class) != null) {
            request.response().abort();
            return;
        }
        BadRequest bad = Causes.find(failure, BadRequest.class);
        if (bad != null) {
            request.exchange().refused(bad);
            errors.answer(request, bad.status(), bad.getMessage(), null);
        } else if (Causes.find(failure, TooManySessions.class) != null) {
            errors.answer(request, 503, null, null);
        } else if (failure instanceof UnavailableException unavailable) {
            if (!unavailable.isPermanent() && !request.response().isHeadSent()) {
                request.response()
                        .headers()
                        .set("Retry-After", Integer.toString(Math.max(1, unavailable.getUnavailableSeconds())));
            }
            errors.answer(request, unavailable.isPermanent() ? 404 : 503, null, failure);
        } else {
            errors.answer(request, 500, null, failure);
        }
    }

    void answerError(DormouseRequest request, int status, @Nullable String message, @Nullable Throwable failure) {
        errors.answer(request, status, message, failure);
    }

    /** The error that the application asked for with sendError. */
    void answerPendingError(DormouseRequest request) {
        DormouseResponse response = request.response();
        int status = response.errorStatus();
        if (status != 0) errors.answer(request, status, response.errorMessage(), null);
    }

    /** A log that cannot be told does not keep the response. */
    private static void tellObserver(DormouseRequest request) {
        try {
            request.tellObserver();
        } catch (RuntimeException e) {
            LOG.error("{}: it cannot be told who sent it", request, e);
        }
    }

    /** Sends what is left and ends both. */
    void end(DormouseRequest request) {
        tellObserver(request);
        try {
            request.response().end();
        } catch (IOException e) {
            LOG.debug("{}: {}", request, e.toString());
        } catch (RuntimeException e) {
            LOG.error("{}: the response cannot be ended", request, e);
        } finally {
            request.end();
        }
    }
}
