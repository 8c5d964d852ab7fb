package org.dormouse.deploy;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Stands where a JSP engine would: says that there is none, and so never shows the source of a page. */
final class JspNotSupported extends HttpServlet {
    private static final long serialVersionUID = 1;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Object included = request.getAttribute(RequestDispatcher.INCLUDE_SERVLET_PATH);
        String page = included != null ? included.toString() : request.getServletPath();
        response.sendError(
                HttpServletResponse.SC_NOT_IMPLEMENTED,
                "there is no JSP engine here for " + page + ": Jasper is not on the class path of the server,"
                        + " this is a folder without WEB-INF, or pages are switched off");
    }
}
