package org.dormouse.jsp;

import jakarta.el.ELManager;
import jakarta.servlet.Servlet;
import jakarta.servlet.jsp.JspFactory;
import java.lang.invoke.MethodHandles;
import org.apache.jasper.runtime.JspApplicationContextImpl;
import org.apache.jasper.runtime.JspFactoryImpl;
import org.apache.jasper.servlet.JspServlet;
import org.apache.juli.logging.LogFactory;

/** What Jasper shares among all applications of a JVM. Nobody touches this class before it is known that Jasper is there. */
final class Jasper {
    static {
        // They look for what the context class loader offers, once: that must not be an application.
        Thread thread = Thread.currentThread();
        ClassLoader callers = thread.getContextClassLoader();
        thread.setContextClassLoader(Jasper.class.getClassLoader());
        try {
            LogFactory.getFactory();
            if (JspFactory.getDefaultFactory() == null) JspFactory.setDefaultFactory(new JspFactoryImpl());
            ELManager.getExpressionFactory();
            MethodHandles.lookup().ensureInitialized(JspApplicationContextImpl.class);
        } catch (IllegalAccessException e) {
            throw new LinkageError("Jasper is another one", e);
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
