package org.dormouse.arquillian;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URL;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.OverProtocol;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ArquillianExtension.class)
class InContainerTest {
    @Deployment
    @OverProtocol("Servlet 5.0")
    static WebArchive inside() {
        return ShrinkWrap.create(WebArchive.class, "inside.war").addClass(GreetingServlet.class);
    }

    @Test
    void aTestRunsInsideTheWar() {
        assertEquals("inside.war", getClass().getClassLoader().getName());
        assertEquals(getClass().getClassLoader(), Thread.currentThread().getContextClassLoader());
    }

    @Test
    @RunAsClient
    void anotherOneStaysOutside(@ArquillianResource URL url) {
        assertEquals("/inside/", url.getPath());
        assertEquals(ClassLoader.getSystemClassLoader(), getClass().getClassLoader());
    }
}
