package org.dormouse.jsp;

import java.lang.reflect.Field;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the tag libraries of the server would know for ever of the classes of an application. Any thread. */
public final class PageCaches {
    private static final Logger LOG = LoggerFactory.getLogger(PageCaches.class);

    /** Of the expressions of JSTL 1.0, which pages still may use; it has no way to forget a class. */
    private static final String BEANS_OF_JSTL = "org.apache.taglibs.standard.lang.jstl.BeanInfoManager";

    private static final String BY_CLASS = "mBeanInfoManagerByClass";

    private PageCaches() {}

    /**
     * Forgets the classes of an application that has stopped.
     *
     * @param server where the libraries are, if there are any
     */
    @SuppressWarnings("ReferenceEquality") // this very loader
    public static void forget(ClassLoader application, ClassLoader server) {
        try {
            Class<?> beans = Class.forName(BEANS_OF_JSTL, false, server);
            Field byClass = beans.getDeclaredField(BY_CLASS);
            byClass.setAccessible(true);
            synchronized (beans) { // as it does itself
                if (byClass.get(null) instanceof Map<?, ?> known)
                    known.keySet()
                            .removeIf(type -> type instanceof Class<?> own && own.getClassLoader() == application);
            }
        } catch (ClassNotFoundException e) {
            // There is no such library, so it knows nothing.
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            LOG.debug("{} cannot be told to forget an application", BEANS_OF_JSTL, e);
        }
    }
}
