package org.dormouse.deploy;

import jakarta.annotation.sql.DataSourceDefinition;
import jakarta.annotation.sql.DataSourceDefinitions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.dormouse.naming.DataSourceSettings;
import org.dormouse.naming.Injection;
import org.dormouse.naming.Names;
import org.dormouse.naming.PooledDataSource;
import org.dormouse.naming.SimpleValues;
import org.dormouse.servlet.Deployment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges the names of descriptors and annotations (Servlet 6.1 §8.2.3) and binds them. What the server gives comes first, then web.xml, then
 * fragments, then annotations; injection targets are those of all. Of one deployment.
 */
final class NamingMerger {
    private static final Logger LOG = LoggerFactory.getLogger(NamingMerger.class);
    /** What stands for a part of an application server that this one does not have. */
    private static final Map<String, String> ABSENT = Map.of(
            "ejb-ref", "enterprise beans",
            "ejb-local-ref", "enterprise beans",
            "service-ref", "web service clients",
            "persistence-context-ref", "entity managers of the container",
            "persistence-unit-ref", "persistence units of the container",
            "context-service", "context services",
            "managed-executor", "managed executors",
            "managed-scheduled-executor", "managed executors",
            "managed-thread-factory", "managed thread factories");

    private static final Set<String> REFERENCES =
            Set.of("resource-ref", "resource-env-ref", "message-destination-ref", "env-entry");

    private final Deployment deployment;
    private final Names names;
    private final Decisions decisions;
    private final List<NameElement> elements = new ArrayList<>();
    private final List<NameElement> all = new ArrayList<>();

    /** @param given by the server, by name */
    NamingMerger(Deployment deployment, Names names, Map<String, Object> given, Decisions decisions) {
        this.deployment = deployment;
        this.names = names;
        this.decisions = decisions;
        given.forEach(names::bind);
    }

    void add(Descriptor descriptor, boolean byApplication) throws DeploymentException {
        for (NameElement element : descriptor.names) {
            all.add(element);
            if (decisions.counts(descriptor, byApplication, "name " + element.name(), element.content()))
                elements.add(element);
        }
    }

    /**
     * Binds what was added.
     *
     * @param annotated the classes of servlets, filters and listeners, whose annotations count
     */
    Injection finish(boolean annotations, List<Class<?>> annotated) throws DeploymentException {
        for (NameElement element : elements) {
            try {
                bind(element);
            } catch (IllegalArgumentException e) {
                throw new DeploymentException(element.at() + e.getMessage(), e);
            }
        }
        var injection = new Injection(names, annotations);
        for (NameElement element : all) {
            for (NameElement.Target target : element.targets())
                injection.target(target.className(), target.member(), element.name());
        }
        if (!annotations) return injection;
        for (Class<?> type : annotated) {
            try {
                defineDataSources(type);
                injection.declare(type);
            } catch (IllegalArgumentException e) {
                throw new DeploymentException(type.getName() + ": " + e.getMessage(), e);
            }
        }
        return injection;
    }

    private void bind(NameElement element) throws DeploymentException {
        String name = element.name();
        if (names.knows(name)) return; // the server gives it
        String absent = ABSENT.get(element.element());
        DataSourceSettings source = element.dataSource();
        if (source != null) {
            open(source);
        } else if (element.lookup() != null) {
            names.link(name, Injection.checked(element.lookup()));
        } else if (element.element().equals("env-entry")) {
            // Without a value there is nothing to find, and what is to be injected keeps its own.
            if (element.value() != null) names.bind(name, value(element, element.value()));
        } else if (element.mappedName() != null && names.knows(element.mappedName())) {
            names.link(name, element.mappedName());
        } else if (absent != null || !REFERENCES.contains(element.element())) {
            String reason = element.at() + name + " is not there: this server has no "
                    + (absent == null ? element.element() : absent);
            if (!element.targets().isEmpty()) throw new DeploymentException(reason + " to be injected");
            LOG.warn("{}", reason);
            names.refuse(name, reason);
        } else {
            String reason = Injection.missing(name, String.valueOf(element.type()), whereabouts(element));
            LOG.warn("{}", reason);
            names.refuse(name, reason);
        }
    }

    private static String whereabouts(NameElement element) {
        return element.at().substring(0, element.at().lastIndexOf(':'));
    }

    private Object value(NameElement element, String text) {
        String type = element.type();
        if (type == null) type = typeOfTarget(element);
        return SimpleValues.read(type, text, deployment.classLoader());
    }

    /** An entry that is injected may leave its type to the member (Servlet 6.1 §15.5). */
    private @Nullable String typeOfTarget(NameElement element) {
        for (NameElement.Target target : element.targets()) {
            Class<?> type =
                    Injection.typeOf(SimpleValues.type(target.className(), deployment.classLoader()), target.member());
            if (type != null) return type.getName();
        }
        return null;
    }

    private void defineDataSources(Class<?> type) {
        DataSourceDefinition one = type.getDeclaredAnnotation(DataSourceDefinition.class);
        if (one != null) define(one);
        DataSourceDefinitions several = type.getDeclaredAnnotation(DataSourceDefinitions.class);
        if (several != null) for (DataSourceDefinition each : several.value()) define(each);
    }

    private void define(DataSourceDefinition definition) {
        if (!names.knows(definition.name())) open(DataSourceSettings.of(definition));
    }

    private void open(DataSourceSettings settings) {
        DataSource source = PooledDataSource.open(settings, deployment.classLoader());
        if (source instanceof AutoCloseable pool) deployment.closeAtStop().add(pool);
        names.bind(settings.name(), source);
    }
}
