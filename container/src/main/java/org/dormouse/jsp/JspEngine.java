package org.dormouse.jsp;

import jakarta.servlet.ServletContext;
import java.util.Map;
import org.dormouse.servlet.Deployment;
import org.dormouse.servlet.InitializerDeclaration;
import org.dormouse.servlet.PageEngine;
import org.dormouse.servlet.ServletDeclaration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jasper for the pages of one application. Translated pages and their classes lie in the application's temporary directory. A page is
 * compiled by the thread of the first request that wants it, which may take it seconds; the sentinel takes its loop away meanwhile.
 */
public final class JspEngine implements PageEngine {
    private static final Logger LOG = LoggerFactory.getLogger(JspEngine.class);
    /** The servlet that answers for pages, under the name that applications and frameworks expect. */
    public static final String SERVLET_NAME = "jsp";

    private static final String PAGE = "org.apache.jasper.runtime.HttpJspBase";
    /** What a JSP servlet asks its context for when it is initialised. */
    private static final String LIBRARIES = "org.apache.jasper.compiler.TldCache";

    private static final String API = "jakarta.servlet.jsp.JspFactory";
    /** In another jar where Jasper comes as part of Tomcat. */
    private static final String INSTANCES = "org.apache.tomcat.InstanceManager";

    private final Deployment deployment;
    private final boolean watchesFiles;
    private final TagLibraries libraries;

    private JspEngine(Deployment deployment, boolean watchesFiles) {
        this.deployment = deployment;
        this.watchesFiles = watchesFiles;
        this.libraries = new TagLibraries(deployment);
    }

    /** Whether Jasper is on the class path of the server. */
    public static boolean isAvailable() {
        ClassLoader own = JspEngine.class.getClassLoader();
        return isThere(API, own) && isThere(INSTANCES, own) && isThere(PAGE, own);
    }

    /**
     * Gives an application its pages, if Jasper is available and the application can see it.
     *
     * @param watchesFiles whether a page that changes is translated again (looked at every four seconds at most): for applications that lie in a folder where somebody may be editing them
     * @return whether it has pages now
     */
    public static boolean addTo(Deployment deployment, boolean watchesFiles) {
        if (!isAvailable()) return false;
        if (!seesSameJasper(deployment.classLoader())) {
            LOG.warn(
                    "application {}/ gets no JSP pages: its class loader has not the Jasper of the server",
                    deployment.contextPath());
            return false;
        }
        var engine = new JspEngine(deployment, watchesFiles);
        deployment.pages(engine);
        deployment
                .initializers()
                .addFirst(new InitializerDeclaration((types, context) -> engine.libraries.begin(context), null));
        return true;
    }

    private static boolean seesSameJasper(ClassLoader loader) {
        try {
            return Class.forName(PAGE, false, loader) == Class.forName(PAGE, false, JspEngine.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    private static boolean isThere(String name, ClassLoader loader) {
        try {
            Class.forName(name, false, loader);
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        } catch (LinkageError e) {
            LOG.warn("there are no JSP pages: Jasper is on the class path, but cannot be used: {}", e.toString());
            return false;
        }
    }

    @Override
    public void setIfOwn(String name, ServletContext context) {
        if (name.equals(LIBRARIES)) libraries.find(context);
    }

    @Override
    public void declare(ServletDeclaration servlet) {
        String file = servlet.jspFile();
        if (file != null && !file.startsWith("/")) {
            throw new IllegalArgumentException(
                    "jsp-file \"" + file + "\" of servlet " + servlet.name() + " does not begin with /");
        }
        Map<String, String> parameters = servlet.initParameters();
        if (file != null) {
            parameters.put("jspFile", file);
            ServletDeclaration all = deployment.findServlet(SERVLET_NAME);
            if (all != null) all.initParameters().forEach(parameters::putIfAbsent);
        }
        parameters.putIfAbsent("development", Boolean.toString(watchesFiles));
        // It would be part of messages, and error pages show those.
        parameters.putIfAbsent("displaySourceFragment", "false");
        servlet.instance(Jasper.newServlet()).nonBlocking(false);
    }
}
