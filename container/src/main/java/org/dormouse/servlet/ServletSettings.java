package org.dormouse.servlet;

/**
 * What the specification leaves open and a server chooses for its applications, the careful way unless somebody says otherwise.
 *
 * @param absoluteRedirects whether {@code sendRedirect} puts scheme and authority of the request before a path, as servers did before RFC 7231:
 *     they are what the client says they are (key {@code servlet.absolute-redirects})
 * @param crossContext whether {@code ServletContext.getContext} hands out other applications of the server, into which a request can be
 *     dispatched past their security constraints (key {@code servlet.cross-context})
 */
public record ServletSettings(boolean absoluteRedirects, boolean crossContext) {
    public static final ServletSettings DEFAULT = new ServletSettings(false, false);
}
