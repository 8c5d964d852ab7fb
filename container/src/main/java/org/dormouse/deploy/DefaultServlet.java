package org.dormouse.deploy;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.dormouse.servlet.Deployment;
import org.dormouse.servlet.Resources;
import org.dormouse.servlet.ServletDeclaration;
import org.dormouse.servlet.mapping.CanonicalPath;

/**
 * Serves static content where no other servlet does: GET and HEAD, conditional requests (Servlet 6.1 §12.1). It
 * lists no directory, writes nothing, and shows a client nothing of WEB-INF and META-INF. Safe for many threads.
 */
public final class DefaultServlet extends HttpServlet {
    private static final long serialVersionUID = 1;
    /** The name under which applications and frameworks expect it. */
    public static final String NAME = "default";

    private static final String JSP_NAME = "jsp";
    /** Names that a descriptor may map without declaring them. */
    static final Set<String> NAMES = Set.of(NAME, JSP_NAME);

    private static final List<String> JSP_PATTERNS = List.of("*.jsp", "*.jspx");
    private static final List<String> DEFAULT_WELCOME_FILES = List.of("index.html", "index.htm", "index.jsp");
    private static final String ALLOWED = "GET, HEAD, OPTIONS";

    private final transient Deployment deployment;
    private transient Resources resources = Resources.NONE;

    private DefaultServlet(Deployment deployment) {
        this.deployment = deployment;
    }

    /** Not before: resources may be added until the application starts. */
    @Override
    public void init() {
        resources = deployment.resources();
    }

    /**
     * Declares this servlet for what the application leaves over, and one that refuses JSP pages. Call it when everything else is declared:
     * patterns that are taken stay with who has them. What has these names already stays too.
     */
    public static void addTo(Deployment deployment) {
        if (deployment.welcomeFiles().isEmpty()) deployment.welcomeFiles().addAll(DEFAULT_WELCOME_FILES);
        ServletDeclaration servlet = deployment.servlet(NAME);
        if (servlet.className() == null) {
            servlet.instance(new DefaultServlet(deployment))
                    .asyncSupported(true)
                    .builtIn(true);
            addFree(deployment, servlet, "/");
        }
        ServletDeclaration jsp = deployment.servlet(JSP_NAME);
        if (jsp.className() == null) {
            jsp.instance(new JspNotSupported()).asyncSupported(true).builtIn(true);
            for (String pattern : JSP_PATTERNS) addFree(deployment, jsp, pattern);
        }
    }

    private static void addFree(Deployment deployment, ServletDeclaration servlet, String pattern) {
        boolean taken =
                deployment.servlets().stream().anyMatch(one -> one.patterns().contains(pattern));
        if (!taken) servlet.pattern(pattern);
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        if (request.getDispatcherType() == DispatcherType.REQUEST && !isServed(request, response)) return;
        serve(pathOf(request), request, response);
    }

    /** Whether a request straight from a client is for this servlet; answers it if not. */
    private static boolean isServed(HttpServletRequest request, HttpServletResponse response) throws IOException {
        switch (request.getMethod()) {
            case "GET", "HEAD" -> {}
            case "OPTIONS" -> {
                response.setHeader("Allow", ALLOWED);
                return false;
            }
            default -> {
                response.setHeader("Allow", ALLOWED);
                response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
                return false;
            }
        }
        if (!CanonicalPath.isPrivate(pathOf(request))) return true;
        response.sendError(HttpServletResponse.SC_NOT_FOUND);
        return false;
    }

    private static String pathOf(HttpServletRequest request) {
        String servletPath = request.getServletPath();
        String pathInfo = request.getPathInfo();
        if (isIncluded(request)) {
            servletPath = (String) request.getAttribute(RequestDispatcher.INCLUDE_SERVLET_PATH);
            pathInfo = (String) request.getAttribute(RequestDispatcher.INCLUDE_PATH_INFO);
        }
        String path = (servletPath == null ? "" : servletPath) + (pathInfo == null ? "" : pathInfo);
        return path.isEmpty() ? "/" : path;
    }

    /** A named dispatch sets no attributes: then the paths are those of the request itself. */
    private static boolean isIncluded(HttpServletRequest request) {
        return request.getDispatcherType() == DispatcherType.INCLUDE
                && request.getAttribute(RequestDispatcher.INCLUDE_SERVLET_PATH) != null;
    }

    private void serve(String path, HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        Resources.Resource resource = resources.find(path);
        if (resource == null) {
            refuse(path, request, response);
        } else if (!resource.isDirectory()) {
            serveFile(path, resource, request, response);
        } else if (path.endsWith("/")) {
            refuse(path, request, response); // with a welcome file, the request would be at that
        } else if (request.getDispatcherType() == DispatcherType.REQUEST) {
            redirectToFolder(path, request, response);
        } else {
            dispatchToFolder(path + "/", request, response);
        }
    }

    private static void refuse(String path, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (isIncluded(request)) throw new FileNotFoundException(path); // Servlet 6.1 §9.3
        response.sendError(HttpServletResponse.SC_NOT_FOUND);
    }

    /** The path is canonical and encoded again, so it begins with one slash and names no other host. */
    private static void redirectToFolder(String path, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        String query = request.getQueryString();
        String location = CanonicalPath.encode(request.getServletContext().getContextPath() + path + "/");
        response.sendRedirect(query == null ? location : location + "?" + query);
    }

    private static void dispatchToFolder(String folder, HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        RequestDispatcher dispatcher = request.getServletContext().getRequestDispatcher(CanonicalPath.encode(folder));
        if (dispatcher == null) refuse(folder, request, response);
        else if (isIncluded(request)) dispatcher.include(request, response);
        else dispatcher.forward(request, response);
    }

    private void serveFile(
            String path, Resources.Resource resource, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (isIncluded(request)) {
            copy(resource, response, true);
            return;
        }
        boolean conditional = request.getDispatcherType() == DispatcherType.REQUEST
                || request.getDispatcherType() == DispatcherType.FORWARD;
        long modified = resource.lastModified();
        String etag = "W/\"" + Long.toHexString(resource.length()) + "-" + Long.toHexString(modified) + "\"";
        ConditionalRequest.Answer answer =
                conditional && isRead(request) ? evaluate(etag, modified, request) : ConditionalRequest.Answer.PROCEED;
        if (answer == ConditionalRequest.Answer.PRECONDITION_FAILED) {
            response.sendError(HttpServletResponse.SC_PRECONDITION_FAILED);
            return;
        }
        if (conditional) {
            response.setHeader("ETag", etag);
            if (modified > 0) response.setDateHeader("Last-Modified", modified);
        }
        if (answer == ConditionalRequest.Answer.NOT_MODIFIED) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return;
        }
        String type = getServletContext().getMimeType(path);
        if (type != null && response.getContentType() == null) response.setContentType(type);
        response.setContentLengthLong(resource.length());
        if (!request.getMethod().equals("HEAD")) copy(resource, response, false);
    }

    private static boolean isRead(HttpServletRequest request) {
        return request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
    }

    private static ConditionalRequest.Answer evaluate(String etag, long modified, HttpServletRequest request) {
        return ConditionalRequest.evaluate(
                etag,
                modified,
                request.getHeader("If-Match"),
                date(request, "If-Unmodified-Since"),
                request.getHeader("If-None-Match"),
                date(request, "If-Modified-Since"));
    }

    private static long date(HttpServletRequest request, String field) {
        try {
            return request.getDateHeader(field);
        } catch (IllegalArgumentException e) {
            return -1; // a date that is none is to be ignored (RFC 9110 §13.1.3)
        }
    }

    private static void copy(Resources.Resource resource, HttpServletResponse response, boolean included)
            throws IOException {
        try (InputStream in = resource.open()) {
            try {
                in.transferTo(response.getOutputStream());
            } catch (IllegalStateException e) {
                if (!included) throw e;
                // Who included this writes characters already.
                new InputStreamReader(in, StandardCharsets.UTF_8).transferTo(response.getWriter());
            }
        }
    }
}
