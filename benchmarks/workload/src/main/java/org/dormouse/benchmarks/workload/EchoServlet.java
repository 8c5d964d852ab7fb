package org.dormouse.benchmarks.workload;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Answers with the body of the request, as it comes. Nothing is read behind its last byte: with the last one written the response is complete,
 * and a container may take the request for complete with it.
 */
final class EchoServlet extends HttpServlet {
    private static final long serialVersionUID = 1;
    private static final int STEP_BYTES = 16 * 1024;

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("application/octet-stream");
        long left = request.getContentLengthLong();
        response.setContentLengthLong(left);
        InputStream in = request.getInputStream();
        OutputStream out = response.getOutputStream();
        byte[] step = new byte[STEP_BYTES];
        while (left > 0) {
            int count = in.read(step);
            if (count < 0) throw new EOFException(left + " bytes of the body are missing");
            out.write(step, 0, count);
            left -= count;
        }
    }
}
