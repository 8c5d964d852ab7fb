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
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.dormouse.content.StaticContent;
import org.dormouse.jsp.JspEngine;
import org.dormouse.servlet.Deployment;
import org.dormouse.servlet.DormouseResponse;
import org.dormouse.servlet.PageEngine;
import org.dormouse.servlet.Resources;
import org.dormouse.servlet.ServletDeclaration;
import org.dormouse.servlet.mapping.CanonicalPath;
import org.jspecify.annotations.Nullable;

/**
 * Serves static content where no other servlet does (Servlet 6.1 §12.1): which file is meant, and whether a client may have it; {@link
 * StaticContent} answers with it. Writes nothing, and shows a client nothing of WEB-INF and META-INF. Safe for many threads.
 */
public final class DefaultServlet extends HttpServlet {
    private static final long serialVersionUID = 1;
    /** The name under which applications and frameworks expect it. */
    public static final String NAME = "default";

    private static final String JSP_NAME = JspEngine.SERVLET_NAME;
    /** Names that a descriptor may map without declaring them. */
    static final Set<String> NAMES = Set.of(NAME, JSP_NAME);

    private static final List<String> JSP_PATTERNS = List.of("*.jsp", "*.jspx", "*.jspf");
    private static final Set<String> PAGES = Set.of(".jsp", ".jspx", ".jspf");
    private static final List<String> DEFAULT_WELCOME_FILES = List.of("index.html", "index.htm", "index.jsp");
    private static final String ALLOWED = "GET, HEAD, OPTIONS";

    private final transient Deployment deployment;
    private transient Resources resources = Resources.NONE;
    private transient @Nullable StaticContent content;
    private transient Set<String> pages = PAGES;

    private DefaultServlet(Deployment deployment) {
        this.deployment = deployment;
    }

    /** Not before: resources may be added until the application starts. */
    @Override
    public void init() {
        resources = deployment.resources();
        pages = pagesOf(deployment);
        content = new StaticContent(resources, deployment.staticSettings(), getServletContext()::getMimeType);
    }

    /**
     * Declares this servlet for what the application leaves over, and one for pages: of its engine, or one that refuses them. Call it when everything else is declared:
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
        addPageServlet(deployment);
    }

    private static void addPageServlet(Deployment deployment) {
        ServletDeclaration jsp = deployment.servlet(JSP_NAME);
        if (jsp.className() == null) {
            PageEngine pages = deployment.pages();
            if (pages == null) jsp.instance(new JspNotSupported());
            else pages.declare(jsp);
            jsp.asyncSupported(true).builtIn(true);
            for (String pattern : JSP_PATTERNS) addFree(deployment, jsp, pattern);
        }
    }

    /**
     * Gives an application that is no WAR its pages, if there is a JSP engine, and the servlet that answers with them. Call it before
     * {@link #addTo}.
     *
     * @param watchesFiles as {@link JspEngine#addTo} has it
     * @throws IOException if the folder for what is compiled cannot be made
     */
    public static void addPages(Deployment deployment, boolean watchesFiles) throws IOException {
        if (!JspEngine.addTo(deployment, watchesFiles)) return;
        addPageServlet(deployment);
        if (deployment.tempDirectory() != null) return;
        TemporaryFolder temporary = TemporaryFolder.create("dormouse-");
        deployment.closeAtStop().add(temporary);
        deployment.tempDirectory(temporary.path());
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
        if (isPage(path)) {
            refuse(path, request, response);
            return;
        }
        StaticContent sent = content;
        if (sent == null) throw new IllegalStateException("the servlet has not been initialised");
        // A filter that writes characters has begun the answer: a file becomes a part of it.
        boolean isBegun = !isIncluded(request) && DormouseResponse.isWriting(response);
        if (!isIncluded(request) && !isBegun && sent.send(path, request, response)) return;
        Resources.Resource resource = resources.find(path);
        if (resource == null) {
            refuse(path, request, response);
        } else if (!resource.isDirectory()) {
            // What is a file only now, or cannot be read, is not there.
            String type = isBegun ? request.getServletContext().getMimeType(path) : null;
            if (type != null && response.getContentType() == null) response.setContentType(type);
            if (isBegun || isIncluded(request)) include(resource, response);
            else refuse(path, request, response);
        } else if (path.endsWith("/")) {
            // With a welcome file, the request would be at that.
            if (sent.lists() && request.getDispatcherType() == DispatcherType.REQUEST) {
                sent.sendList(path, request, response);
            } else {
                refuse(path, request, response);
            }
        } else if (request.getDispatcherType() == DispatcherType.REQUEST) {
            redirectToFolder(path, request, response);
        } else {
            dispatchToFolder(path + "/", request, response);
        }
    }

    /** What descriptors say is a page is one wherever it lies. */
    private static Set<String> pagesOf(Deployment deployment) {
        ServletDeclaration jsp = deployment.findServlet(JSP_NAME);
        Set<String> endings = new HashSet<>(PAGES);
        if (jsp == null) return endings;
        for (String pattern : jsp.patterns())
            if (pattern.startsWith("*.")) endings.add(pattern.substring(1).toLowerCase(Locale.ROOT));
        return Set.copyOf(endings);
    }

    /** Whether it is the source of a page, which a mapping of this servlet to its folder does not make content. */
    private boolean isPage(String path) {
        int dot = path.lastIndexOf('.');
        return dot >= 0 && pages.contains(path.substring(dot).toLowerCase(Locale.ROOT));
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

    /** As part of somebody else's answer, whose head it leaves alone. */
    private static void include(Resources.Resource resource, HttpServletResponse response) throws IOException {
        try (InputStream in = resource.open()) {
            try {
                in.transferTo(response.getOutputStream());
            } catch (IllegalStateException e) {
                // Who included this writes characters already.
                new InputStreamReader(in, StandardCharsets.UTF_8).transferTo(response.getWriter());
            }
        }
    }
}
