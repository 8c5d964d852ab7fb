package org.dormouse.compat.boot;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What goes wrong, and what looks at the request itself. */
@RestController
class OddController {
    @GetMapping("/broken")
    String broken() {
        throw new IllegalStateException("the shop is on fire");
    }

    @GetMapping("/send-error")
    void sendError(HttpServletResponse response) throws IOException {
        response.sendError(418, "a teapot");
    }

    @RequestMapping("/request/{piece}")
    Map<String, Object> request(
            @PathVariable String piece,
            @RequestParam Map<String, String> parameters,
            @RequestHeader Map<String, String> fields,
            HttpServletRequest request) {
        Map<String, Object> seen = new TreeMap<>();
        seen.put("method", request.getMethod());
        seen.put("piece", piece);
        seen.put("parameters", parameters);
        seen.put("fields", fields);
        seen.put("uri", request.getRequestURI());
        seen.put("url", request.getRequestURL().toString());
        seen.put("contextPath", request.getContextPath());
        seen.put("servletPath", request.getServletPath());
        seen.put("remote", request.getRemoteAddr());
        seen.put("protocol", request.getProtocol());
        return seen;
    }

    @GetMapping("/forwarded")
    void forwarded(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
        request.getRequestDispatcher("/request/forwarded?by=dispatcher").forward(request, response);
    }

    @GetMapping("/moved")
    void moved(HttpServletResponse response) throws IOException {
        response.sendRedirect("books");
    }
}
