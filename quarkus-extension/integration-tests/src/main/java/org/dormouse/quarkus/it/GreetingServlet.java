package org.dormouse.quarkus.it;

import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Answers with a bean's words, and says what carries it. */
@WebServlet("/greeting")
public class GreetingServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    @Inject
    @Nullable
    transient Greetings greetings;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("text/plain;charset=utf-8");
        response.setHeader("X-Thread", Thread.currentThread().isVirtual() ? "virtual" : "platform");
        response.setHeader("X-Container", request.getServletContext().getClass().getName());
        String name = request.getParameter("name");
        response.getWriter().print(greetings == null ? "not injected" : greetings.greet(name == null ? "world" : name));
    }
}
