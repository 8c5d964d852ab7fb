package org.dormouse.spring.boot;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.Cookie.SameSite;
import org.springframework.boot.web.server.servlet.CookieSameSiteSupplier;
import org.springframework.boot.web.server.servlet.Jsp;
import org.springframework.boot.web.server.servlet.ServletContextInitializers;
import org.springframework.boot.web.server.servlet.ServletWebServerSettings;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.util.ClassUtils;

/** Runs Boot's initializers, and sets what Boot leaves to the container, while the servlet context starts. */
final class BootInitializer implements ServletContainerInitializer {
    private static final String JASPER = "org.apache.jasper.servlet.JspServlet";

    private final ServletWebServerSettings settings;
    private final ServletContextInitializers initializers;
    private final ClassLoader loader;

    BootInitializer(ServletWebServerSettings settings, ServletContextInitializers initializers, ClassLoader loader) {
        this.settings = settings;
        this.initializers = initializers;
        this.loader = loader;
    }

    @Override
    public void onStartup(@Nullable Set<Class<?>> types, ServletContext context) throws ServletException {
        List<? extends CookieSameSiteSupplier> suppliers = settings.getCookieSameSiteSuppliers();
        if (!suppliers.isEmpty()) addSameSiteFilter(context, suppliers);
        SameSite sameSite = settings.getSession().getCookie().getSameSite();
        if (sameSite != null && sameSite != SameSite.OMITTED) {
            context.getSessionCookieConfig().setAttribute("SameSite", sameSite.attributeValue());
        }
        addJspServlet(context);
        for (String className : settings.getWebListenerClassNames()) context.addListener(className);
        for (ServletContextInitializer initializer : initializers) initializer.onStartup(context);
    }

    private static void addSameSiteFilter(ServletContext context, List<? extends CookieSameSiteSupplier> suppliers) {
        FilterRegistration.Dynamic filter =
                context.addFilter("dormouse-same-site", new SameSiteFilter(List.copyOf(suppliers)));
        filter.setAsyncSupported(true);
        filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
    }

    /** A JSP servlet of the application's choice. Jasper is there already, since its container has to know it. */
    private void addJspServlet(ServletContext context) {
        Jsp jsp = settings.getJsp();
        if (jsp == null || !isRegistered(jsp, loader)) return;
        if (jsp.getClassName().equals(JASPER)) {
            ServletRegistration pages = context.getServletRegistration("jsp");
            if (pages != null) jsp.getInitParameters().forEach(pages::setInitParameter);
            return;
        }
        ServletRegistration.Dynamic servlet = context.addServlet("jsp", jsp.getClassName());
        servlet.setInitParameters(jsp.getInitParameters());
        servlet.setLoadOnStartup(3);
        servlet.addMapping("*.jsp", "*.jspx");
    }

    /** Whether the application wants Jasper for its pages, and has it. */
    static boolean wantsJasper(ServletWebServerSettings settings, ClassLoader loader) {
        Jsp jsp = settings.getJsp();
        return jsp != null && isRegistered(jsp, loader) && jsp.getClassName().equals(JASPER);
    }

    private static boolean isRegistered(Jsp jsp, ClassLoader loader) {
        return jsp.getRegistered() && ClassUtils.isPresent(jsp.getClassName(), loader);
    }
}
