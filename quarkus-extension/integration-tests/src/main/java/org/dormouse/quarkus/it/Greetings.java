package org.dormouse.quarkus.it;

import jakarta.enterprise.context.ApplicationScoped;

/** The bean behind {@link GreetingServlet}. */
@ApplicationScoped
public class Greetings {
    /** Greets politely. */
    public String greet(String name) {
        return "Hello, " + name + "!";
    }
}
