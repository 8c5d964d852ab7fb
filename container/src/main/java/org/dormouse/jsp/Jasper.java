package org.dormouse.jsp;

import jakarta.servlet.Servlet;
import jakarta.servlet.jsp.JspFactory;
import org.apache.jasper.runtime.JspFactoryImpl;
import org.apache.jasper.servlet.JspServlet;
import org.apache.juli.logging.LogFactory;

/** What Jasper shares among all applications of a JVM. Nobody touches this class before it is known that Jasper is there. */
final class Jasper {
    static {
        // Both look for what the context class loader offers, once: that must not be an application.
        Thread thread = Thread.currentThread();
        ClassLoader callers = thread.getContextClassLoader();
        thread.setContextClassLoader(Jasper.class.getClassLoader());
        try {
            LogFactory.getFactory();
            if (JspFactory.getDefaultFactory() == null) JspFactory.setDefaultFactory(new JspFactoryImpl());
        } finally {
            thread.setContextClassLoader(callers);
        }
    }

    private Jasper() {}

    static Servlet newServlet() {
        return new JspServlet();
    }

    /** Threads of requests are not used again: what a page context pooled by thread is made for, nobody would ever take. */
    static void keepNoPageContexts() {
        if (JspFactory.getDefaultFactory() instanceof JspFactoryImpl factory) factory.setPoolSize(-1);
    }
}
