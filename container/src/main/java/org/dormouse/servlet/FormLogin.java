package org.dormouse.servlet;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.dormouse.identity.Caller;
import org.dormouse.identity.Logins;
import org.dormouse.servlet.security.LoginFlow;
import org.jspecify.annotations.Nullable;

/** The FORM scheme (Servlet 6.1 §13.6.3): pages of the application ask for name and password. Immutable. */
final class FormLogin implements LoginFlow {
    private static final String CHECK = "/j_security_check";

    private final String loginPage;
    private final String errorPage;
    private final Logins logins;

    /** @param loginPage of the application, begins with a slash; so does {@code errorPage} */
    FormLogin(String loginPage, String errorPage, Logins logins) {
        this.loginPage = loginPage;
        this.errorPage = errorPage;
        this.logins = logins;
    }

    @Override
    public String type() {
        return HttpServletRequest.FORM_AUTH;
    }

    /** In any folder: the form is shown in the place of a page, and what its action is relative to is that page. */
    @Override
    public boolean isAnswer(String path) {
        return path.endsWith(CHECK);
    }

    @Override
    public boolean isOwnPage(String path) {
        return path.equals(pathOf(loginPage)) || path.equals(pathOf(errorPage));
    }

    private static String pathOf(String page) {
        int question = page.indexOf('?');
        return question < 0 ? page : page.substring(0, question);
    }

    @Override
    public void begin(HttpServletRequest request, HttpServletResponse response, String attempt)
            throws IOException, ServletException {
        show(loginPage, request, response);
    }

    @Override
    public @Nullable Caller finish(HttpServletRequest request, HttpServletResponse response, @Nullable String attempt)
            throws IOException, ServletException {
        if (!request.getMethod().equals("POST")) {
            response.setHeader("Allow", "POST");
            response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
            return null;
        }
        if ("cross-site".equals(request.getHeader("Sec-Fetch-Site"))) {
            response.sendError(HttpServletResponse.SC_FORBIDDEN, "the form of another site logs nobody in here");
            return null;
        }
        String query = request.getQueryString();
        if (query != null && query.contains("j_password")) {
            response.sendError(HttpServletResponse.SC_BAD_REQUEST, "a password does not belong into a URL");
            return null;
        }
        String name = request.getParameter("j_username");
        String password = request.getParameter("j_password");
        Caller caller = name == null || password == null ? null : logins.login(name, password, request.getRemoteAddr());
        if (caller == null) show(errorPage, request, response);
        return caller;
    }

    private static void show(String page, HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        DormouseRequest own = DormouseRequest.of(request);
        RequestDispatcher dispatcher = own.origin().getRequestDispatcher(page);
        if (dispatcher == null)
            throw new ServletException("form-login-config: there can be no page at \"" + page + "\"");
        own.askForPage();
        dispatcher.forward(request, response);
    }
}
