package org.dormouse.quarkus.it;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;

/** Reads the whole body, then says how long it was. */
@WebServlet("/collect")
public class CollectServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        long length = request.getInputStream().transferTo(OutputStream.nullOutputStream());
        response.getWriter().print(length);
    }
}
