package org.dormouse;

import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import org.dormouse.servlet.DormouseResponse;

/**
 * Early hints (RFC 8297) for applications that are compiled with the Servlet API of today: what {@code HttpServletResponse.sendEarlyHints()}
 * is in the version after 6.1.
 *
 * <pre>{@code
 * response.addHeader("Link", "</style.css>; rel=preload; as=style");
 * EarlyHints.send(response);              // the client begins to load it
 * ... the work of the request ...
 * }</pre>
 */
public final class EarlyHints {
    private EarlyHints() {}

    /**
     * Sends the fields that {@code response} has so far in an interim response of status 103. Commits nothing, may be called several times, and
     * has no effect once the response is committed or where the client cannot get it. By the thread that writes the response.
     *
     * @param response may be wrapped
     * @return false if it is not a response of this container: nothing happens then, so an application may run elsewhere too
     */
    public static boolean send(ServletResponse response) {
        ServletResponse inner = response;
        while (inner instanceof ServletResponseWrapper wrapper) inner = wrapper.getResponse();
        if (!(inner instanceof DormouseResponse own)) return false;
        own.sendEarlyHints();
        return true;
    }
}
