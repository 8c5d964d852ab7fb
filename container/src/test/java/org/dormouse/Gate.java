package org.dormouse;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/** A servlet whose requests block until it is opened, and then say on which thread they did. */
final class Gate extends HttpServlet {
    private static final long serialVersionUID = 1;

    /** At zero when as many requests as were expected are in it. */
    final transient CountDownLatch entered;

    final transient CountDownLatch open = new CountDownLatch(1);

    Gate() {
        this(1);
    }

    Gate(int expected) {
        entered = new CountDownLatch(expected);
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        entered.countDown();
        try {
            open.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        response.setHeader("X-Thread", Thread.currentThread().toString());
        response.getWriter().print("through");
    }
}
