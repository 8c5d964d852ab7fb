package org.dormouse.standalone.demo;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/** Serves the page of the demonstration and what belongs to it, from beside this class. */
final class PageServlet extends HttpServlet {
    private static final long serialVersionUID = 1;
    private static final Map<String, String> TYPES = Map.of(
            "index.html", "text/html;charset=utf-8",
            "chat.html", "text/html;charset=utf-8",
            "chat.css", "text/css;charset=utf-8",
            "chat.js", "text/javascript;charset=utf-8",
            "dormouse.css", "text/css;charset=utf-8",
            "dormouse.js", "text/javascript;charset=utf-8",
            "dormouse.svg", "image/svg+xml");

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String name = request.getServletPath().equals("/")
                ? "index.html"
                : request.getServletPath().substring(1);
        String type = TYPES.get(name);
        if (type == null) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        try (InputStream file = PageServlet.class.getResourceAsStream(name)) {
            if (file == null) throw new IOException(name + " is missing beside " + PageServlet.class.getName());
            byte[] bytes = file.readAllBytes();
            response.setContentType(type);
            response.setContentLength(bytes.length);
            response.setHeader("Cache-Control", "no-cache");
            response.setHeader("X-Content-Type-Options", "nosniff");
            response.setHeader("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'");
            response.getOutputStream().write(bytes);
        }
    }
}
