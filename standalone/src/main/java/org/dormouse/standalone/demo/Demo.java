package org.dormouse.standalone.demo;

import org.dormouse.WebApp;

/** Puts the demonstration together. */
public final class Demo {
    private Demo() {}

    public static WebApp at(String contextPath) {
        var counter = new RequestCounter();
        return WebApp.at(contextPath)
                .displayName("Dormouse demonstration")
                .filter("/api/*", counter)
                .servlet("/api/facts", new FactsServlet(counter))
                .servlet("/api/hello", new HelloServlet())
                .servlet("/api/ticks", new TicksServlet(counter))
                .servlet("/", new PageServlet())
                .resources(new DemoPages())
                .listener(new ChatRooms())
                .endpoint(ChatEndpoint.class);
    }
}
