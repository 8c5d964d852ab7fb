package org.dormouse.servlet;

import jakarta.servlet.ServletContext;

/** Makes servlets of pages: where a JSP engine comes in. Called by the thread that describes or starts the application. */
public interface PageEngine {
    /**
     * Turns {@code servlet} into one that answers with pages: with the one that it {@linkplain ServletDeclaration#jspFile names}, or, if it
     * names none, with that at the path of each request.
     *
     * @throws IllegalArgumentException if the path of its page does not begin with a slash
     */
    void declare(ServletDeclaration servlet);

    /**
     * Sets an attribute of the context that only pages need, when somebody asks for it for the first time. Any thread.
     *
     * @param name of an attribute that is not set; nearly always of one that is none of the engine's
     */
    void setIfOwn(String name, ServletContext context);
}
