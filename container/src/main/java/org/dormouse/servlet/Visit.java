package org.dormouse.servlet;

/** A dispatch into an application, which may be another one: the request and its thread are there until this is closed. */
final class Visit implements AutoCloseable {
    private final DormouseRequest request;
    private final DormouseContext before;
    private final ClassLoader callers;

    private Visit(DormouseRequest request, DormouseContext before, ClassLoader callers) {
        this.request = request;
        this.before = before;
        this.callers = callers;
    }

    static Visit to(DormouseContext next, DormouseRequest request) {
        Thread thread = Thread.currentThread();
        var visit = new Visit(request, request.servletContext(), thread.getContextClassLoader());
        request.enter(next);
        thread.setContextClassLoader(next.getClassLoader());
        return visit;
    }

    @Override
    public void close() {
        request.enter(before);
        Thread.currentThread().setContextClassLoader(callers);
    }
}
