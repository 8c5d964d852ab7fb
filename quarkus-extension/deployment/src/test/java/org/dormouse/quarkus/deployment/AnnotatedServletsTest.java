package org.dormouse.quarkus.deployment;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import io.quarkus.test.QuarkusUnitTest;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.annotation.WebInitParam;
import jakarta.servlet.annotation.WebListener;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class AnnotatedServletsTest {
    @RegisterExtension
    static final QuarkusUnitTest APPLICATION = new QuarkusUnitTest()
            .withApplicationRoot(archive -> archive.addClasses(
                            HelloServlet.class, Greeter.class, Visit.class, StampFilter.class, StartListener.class)
                    .addAsResource(new StringAsset("<p>welcome"), "META-INF/resources/index.html")
                    .addAsResource(new StringAsset("body {}"), "META-INF/resources/static/plain.css")
                    .addAsResource(new StringAsset("secret"), "secret.txt"));

    @Test
    void servletIsFoundAndInjectedInto() {
        given().queryParam("x", " y")
                .get("/hello/you")
                .then()
                .statusCode(200)
                .body(equalTo("Hello, /you and  y, since start"));
    }

    @Test
    void filterStandsBeforeTheServletAndKnowsItsParameter() {
        when().get("/hello/you").then().header("X-Stamp", is("blue"));
    }

    @Test
    void requestScopeIsOnePerRequest() {
        when().get("/hello/a").then().header("X-Visits", is("1"));
        when().get("/hello/b").then().header("X-Visits", is("1"));
    }

    @Test
    void servletVersionIs6Dot1() {
        when().get("/hello/version").then().body(containsString("6.1"));
    }

    @Test
    void staticContentIsServedBehindTheFilters() {
        when().get("/").then().statusCode(200).body(equalTo("<p>welcome"));
        when().get("/index.html").then().contentType(containsString("text/html"));
        when().get("/static/plain.css")
                .then()
                .statusCode(200)
                .contentType(containsString("text/css"))
                .header("X-Stamp", is("blue"))
                .body(equalTo("body {}"));
    }

    @Test
    void restOfTheClassPathIsNotServed() {
        for (String path : new String[] {"/secret.txt", "/../../secret.txt", "/%2e%2e/%2e%2e/secret.txt", "/static"}) {
            given().urlEncodingEnabled(false).get(path).then().statusCode(not(equalTo(200)));
        }
    }

    @Test
    void pathThatNobodyServesIsNotFound() {
        when().get("/elsewhere").then().statusCode(404);
    }

    @Test
    void headHasTheLengthOfTheBodyItLeavesOut() {
        given().head("/hello/you").then().statusCode(200).body(equalTo(""));
    }

    @WebServlet("/hello/*")
    public static class HelloServlet extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Inject
        transient Greeter greeter;

        @Inject
        transient Visit visit;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setHeader("X-Visits", Integer.toString(visit.count()));
            if ("/version".equals(request.getPathInfo())) {
                var context = request.getServletContext();
                response.getWriter().print(context.getMajorVersion() + "." + context.getMinorVersion());
                return;
            }
            response.getWriter()
                    .print(greeter.greet(request.getPathInfo() + " and " + request.getParameter("x")) + ", since "
                            + request.getServletContext().getAttribute("since"));
        }
    }

    @Singleton
    public static class Greeter {
        String greet(String whom) {
            return "Hello, " + whom;
        }
    }

    @RequestScoped
    public static class Visit {
        private int count;

        int count() {
            return ++count;
        }
    }

    @WebFilter(
            urlPatterns = {"/hello/*", "/static/*"},
            initParams = @WebInitParam(name = "stamp", value = "blue"))
    public static class StampFilter extends HttpFilter {
        private static final long serialVersionUID = 1;

        @Override
        protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            response.setHeader("X-Stamp", getInitParameter("stamp"));
            chain.doFilter(request, response);
        }
    }

    @WebListener
    public static class StartListener implements ServletContextListener {
        @Override
        public void contextInitialized(ServletContextEvent event) {
            event.getServletContext().setAttribute("since", "start");
        }
    }
}
