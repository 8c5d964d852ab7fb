package org.dormouse.quarkus.it;

import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Writes more than any buffer on the way holds. */
@WebServlet("/flood")
public class FloodServlet extends HttpServlet {
    /** The length of the answer. */
    public static final int BYTES = 64 * 1024 * 1024;

    private static final long serialVersionUID = 1;

    private final transient Patience patience;

    /** Called by CDI. */
    @Inject
    public FloodServlet(Patience patience) {
        this.patience = patience;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var chunk = new byte[64 * 1024];
        for (int sent = 0; sent < BYTES; sent += chunk.length)
            response.getOutputStream().write(chunk);
        patience.hasFlooded().complete(true);
    }
}
