package org.dormouse.servlet;

import jakarta.servlet.ServletContext;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a context listener is shown that code has added, and that neither a descriptor nor an annotation declares: the context, but nothing of
 * it may be registered or configured any more (Servlet 6.1 §4.4). The methods are those whose Javadoc says so.
 */
final class ContextOfAddedListener implements InvocationHandler {
    private static final Set<String> REFUSED = Set.of(
            "addServlet",
            "addJspFile",
            "createServlet",
            "getServletRegistration",
            "getServletRegistrations",
            "addFilter",
            "createFilter",
            "getFilterRegistration",
            "getFilterRegistrations",
            "addListener",
            "createListener",
            "declareRoles",
            "getSessionCookieConfig",
            "setSessionTrackingModes",
            "setSessionTimeout",
            "setInitParameter",
            "setRequestCharacterEncoding",
            "setResponseCharacterEncoding");

    private final ServletContext context;

    private ContextOfAddedListener(ServletContext context) {
        this.context = context;
    }

    static ServletContext of(ServletContext context) {
        return (ServletContext) Proxy.newProxyInstance(
                ServletContext.class.getClassLoader(),
                new Class<?>[] {ServletContext.class},
                new ContextOfAddedListener(context));
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (REFUSED.contains(method.getName())) {
            throw new UnsupportedOperationException(method.getName()
                    + " by a listener that was added with addListener: only one of web.xml, of a fragment or with"
                    + " @WebListener may do that (Servlet 6.1 §4.4)");
        }
        if (method.getName().equals("equals")) return isSame(proxy, arguments[0]);
        try {
            return method.invoke(context, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @SuppressWarnings("ReferenceEquality") // equals is what is asked for here
    private boolean isSame(Object proxy, @Nullable Object other) {
        return proxy == other || context.equals(other);
    }
}
