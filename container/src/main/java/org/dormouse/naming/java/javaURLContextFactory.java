package org.dormouse.naming.java;

import java.util.Hashtable;
import javax.naming.Context;
import javax.naming.Name;
import javax.naming.spi.ObjectFactory;
import org.dormouse.naming.Names;
import org.jspecify.annotations.Nullable;

/**
 * Leads JNDI from {@code java:} to the names of the application whose code asks. Its name, and that it is public, is what JNDI demands
 * ({@link javax.naming.spi.NamingManager#getURLContext}). It has no say where the thread belongs to no application of this server, and none
 * for other schemes.
 */
public final class javaURLContextFactory implements ObjectFactory {
    /** The names of the thread's application; null where it belongs to none: then JNDI asks the next factory. */
    @Override
    public @Nullable Object getObjectInstance(
            @Nullable Object url,
            @Nullable Name name,
            @Nullable Context context,
            @Nullable Hashtable<?, ?> environment) {
        // With a URL it would be asked for what a reference of somebody else's says; there is no need for that here.
        return url == null ? Names.contextOfThread() : null;
    }
}
