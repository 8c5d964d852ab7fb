package org.dormouse.quarkus.it;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Gives its thread back and answers from another one; {@code ?timeout} never answers. */
@WebServlet(urlPatterns = "/later", asyncSupported = true)
public class LaterServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) {
        AsyncContext async = request.startAsync();
        if ("timeout".equals(request.getQueryString())) {
            async.setTimeout(100);
            return;
        }
        async.start(() -> {
            try {
                response.getWriter().print("later");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            async.complete();
        });
    }
}
