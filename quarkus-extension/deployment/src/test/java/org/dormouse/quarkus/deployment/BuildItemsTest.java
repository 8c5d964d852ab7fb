package org.dormouse.quarkus.deployment;

import static io.restassured.RestAssured.when;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;

import io.quarkus.test.QuarkusUnitTest;
import io.quarkus.undertow.deployment.FilterBuildItem;
import io.quarkus.undertow.deployment.ListenerBuildItem;
import io.quarkus.undertow.deployment.ServletBuildItem;
import io.quarkus.undertow.deployment.ServletInitParamBuildItem;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Servlets that another extension declares, below a context path. */
class BuildItemsTest {
    @RegisterExtension
    static final QuarkusUnitTest APPLICATION = new QuarkusUnitTest()
            .withApplicationRoot(
                    archive -> archive.addClasses(PlainServlet.class, PlainFilter.class, PlainListener.class))
            .overrideConfigKey("quarkus.dormouse.context-path", "/app")
            .overrideConfigKey("quarkus.dormouse.threads", "worker")
            .addBuildChainCustomizer(chain -> chain.addBuildStep(context -> {
                        context.produce(ServletBuildItem.builder("plain", PlainServlet.class.getName())
                                .addMapping("/plain")
                                .addInitParam("colour", "green")
                                .build());
                        context.produce(FilterBuildItem.builder("plain-filter", PlainFilter.class.getName())
                                .addFilterServletNameMapping("plain", DispatcherType.REQUEST)
                                .build());
                        context.produce(new ListenerBuildItem(PlainListener.class.getName()));
                        context.produce(new ServletInitParamBuildItem("size", "small"));
                    })
                    .produces(ServletBuildItem.class)
                    .produces(FilterBuildItem.class)
                    .produces(ListenerBuildItem.class)
                    .produces(ServletInitParamBuildItem.class)
                    .build());

    @Test
    void servletFilterListenerAndParametersOfABuildItemAreServed() {
        when().get("/app/plain")
                .then()
                .statusCode(200)
                .header("X-Filtered", is("yes"))
                .body(equalTo("/app /plain green small listened"));
    }

    @Test
    void whatIsOutsideOfTheContextPathIsNotFound() {
        when().get("/plain").then().statusCode(404);
    }

    @Test
    void servletsRunOnTheWorkerPoolIfAskedTo() {
        when().get("/app/plain?thread").then().body(equalTo("platform"));
    }

    public static class PlainServlet extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            if ("thread".equals(request.getQueryString())) {
                response.getWriter().print(Thread.currentThread().isVirtual() ? "virtual" : "platform");
                return;
            }
            var context = request.getServletContext();
            response.getWriter()
                    .print(request.getContextPath() + " " + request.getServletPath() + " " + getInitParameter("colour")
                            + " " + context.getInitParameter("size") + " " + context.getAttribute("listened"));
        }
    }

    public static class PlainFilter extends HttpFilter {
        private static final long serialVersionUID = 1;

        @Override
        protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            response.setHeader("X-Filtered", "yes");
            chain.doFilter(request, response);
        }
    }

    public static class PlainListener implements ServletContextListener {
        @Override
        public void contextInitialized(ServletContextEvent event) {
            event.getServletContext().setAttribute("listened", "listened");
        }
    }
}
