package org.dormouse.arquillian;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Goes into the WARs of these tests. */
@WebServlet("/greeting")
public class GreetingServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("text/plain");
        response.getWriter()
                .print("hello " + request.getRemoteUser() + " from "
                        + getClass().getClassLoader().getName() + " at " + request.getContextPath() + " in "
                        + getServletContext().getAttribute("org.dormouse.execution"));
    }
}
