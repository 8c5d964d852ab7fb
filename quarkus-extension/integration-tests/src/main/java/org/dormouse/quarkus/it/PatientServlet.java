package org.dormouse.quarkus.it;

import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Reads a body to its end, however long that takes. */
@WebServlet("/patient")
public class PatientServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    private final transient Patience patience;

    /** Called by CDI. */
    @Inject
    public PatientServlet(Patience patience) {
        this.patience = patience;
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            while (request.getInputStream().read() >= 0) patience.hasBegun().complete(true);
        } catch (IOException e) {
            patience.hasEnded().complete(e);
            throw e;
        }
    }
}
