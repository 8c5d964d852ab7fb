package org.dormouse.server;

import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import org.dormouse.push.Hub;
import org.dormouse.push.HubLimits;
import org.dormouse.servlet.Deployment;
import org.dormouse.servlet.ListenerDeclaration;

/** Gives an application its {@link Hub}, a context attribute, which ends with it. */
public final class PushSupport {
    private PushSupport() {}

    /** Prepares {@code deployment}, which has not been started. */
    public static Hub install(Deployment deployment, HubLimits limits) {
        var hub = new Hub(limits);
        deployment.attributes().put(Hub.ATTRIBUTE, hub);
        deployment.listeners().addFirst(ListenerDeclaration.of(new CloseAtStop(hub)));
        return hub;
    }

    /** The last listener to hear of the end: what the others do at their end can still send. */
    private record CloseAtStop(Hub hub) implements ServletContextListener {
        @Override
        public void contextDestroyed(ServletContextEvent event) {
            hub.close();
        }
    }
}
