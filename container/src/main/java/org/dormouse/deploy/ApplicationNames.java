package org.dormouse.deploy;

import java.util.List;
import java.util.Map;
import org.dormouse.naming.Injection;
import org.dormouse.naming.Names;
import org.dormouse.servlet.Deployment;

/** Names below {@code java:} for an application that is no WAR. */
public final class ApplicationNames {
    private ApplicationNames() {}

    /**
     * Lets the application find {@code given}, and injects it into what is made of its classes. The application gets a class loader of its
     * own for that, which has the classes of the one it had: by the context class loader it is told from others of the same program.
     */
    public static void addTo(Deployment deployment, Map<String, Object> given) {
        String application = "application " + deployment.contextPath() + "/";
        deployment.classLoader(new OfApplication(application, deployment.classLoader()));
        var names = new Names(application, deployment.classLoader());
        deployment.closeAtStop().add(names);
        given.forEach(names::bind);
        deployment.instances(new ContainerInstances(true, new Injection(names, true), List.of(), List.of()));
    }

    /** Has no classes. */
    private static final class OfApplication extends ClassLoader {
        OfApplication(String name, ClassLoader parent) {
            super(name, parent);
        }
    }
}
