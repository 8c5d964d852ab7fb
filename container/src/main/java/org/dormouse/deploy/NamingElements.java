package org.dormouse.deploy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dormouse.naming.DataSourceSettings;
import org.jspecify.annotations.Nullable;

/** Reads the elements that announce names below {@code java:} (Servlet 6.1 §14.4 and §15.5). */
final class NamingElements {
    /** Elements with what they are called by, and what says their type. */
    private record Kind(String name, String type) {}

    private static final Map<String, Kind> KINDS = Map.ofEntries(
            Map.entry("env-entry", new Kind("env-entry-name", "env-entry-type")),
            Map.entry("resource-ref", new Kind("res-ref-name", "res-type")),
            Map.entry("resource-env-ref", new Kind("resource-env-ref-name", "resource-env-ref-type")),
            Map.entry("message-destination-ref", new Kind("message-destination-ref-name", "message-destination-type")),
            Map.entry("ejb-ref", new Kind("ejb-ref-name", "remote")),
            Map.entry("ejb-local-ref", new Kind("ejb-ref-name", "local")),
            Map.entry("service-ref", new Kind("service-ref-name", "service-interface")),
            Map.entry("persistence-context-ref", new Kind("persistence-context-ref-name", "")),
            Map.entry("persistence-unit-ref", new Kind("persistence-unit-ref-name", "")),
            Map.entry("data-source", new Kind("name", "class-name")),
            Map.entry("jms-connection-factory", new Kind("name", "class-name")),
            Map.entry("jms-destination", new Kind("name", "class-name")),
            Map.entry("mail-session", new Kind("name", "")),
            Map.entry("connection-factory", new Kind("name", "interface-name")),
            Map.entry("administered-object", new Kind("name", "class-name")),
            Map.entry("context-service", new Kind("name", "")),
            Map.entry("managed-executor", new Kind("name", "")),
            Map.entry("managed-scheduled-executor", new Kind("name", "")),
            Map.entry("managed-thread-factory", new Kind("name", "")));

    private final Descriptor descriptor;
    private final ElementRules rules;

    NamingElements(Descriptor descriptor, ElementRules rules) {
        this.descriptor = descriptor;
        this.rules = rules;
    }

    /** Reads {@code e}; false if it is no such element. */
    boolean read(XmlElement e) throws DeploymentException {
        Kind kind = KINDS.get(e.name());
        if (kind == null) return false;
        var targets = new ArrayList<NameElement.Target>();
        for (XmlElement child : e.children()) {
            if (!child.name().equals("injection-target")) continue;
            targets.add(new NameElement.Target(
                    rules.required(child, "injection-target-class"), rules.required(child, "injection-target-name")));
        }
        String name = rules.required(e, kind.name());
        descriptor.names.add(new NameElement(
                e.name(),
                name,
                kind.type().isEmpty() ? null : text(e, kind.type()),
                e.childText("env-entry-value"),
                text(e, "lookup-name"),
                text(e, "mapped-name"),
                e.name().equals("data-source") ? dataSource(e, name) : null,
                List.copyOf(targets),
                rules.at(e)));
        return true;
    }

    /** Null for an element that is not there or is empty. */
    private static @Nullable String text(XmlElement e, String name) {
        String text = e.childText(name);
        return text == null || text.isEmpty() ? null : text;
    }

    private DataSourceSettings dataSource(XmlElement e, String name) throws DeploymentException {
        Map<String, String> properties = new LinkedHashMap<>();
        put(properties, "serverName", text(e, "server-name"));
        put(properties, "portNumber", text(e, "port-number"));
        put(properties, "databaseName", text(e, "database-name"));
        put(properties, "loginTimeout", text(e, "login-timeout"));
        for (XmlElement child : e.children()) {
            if (child.name().equals("property"))
                properties.put(rules.required(child, "name"), rules.required(child, "value"));
        }
        return new DataSourceSettings(
                name,
                rules.required(e, "class-name"),
                text(e, "url"),
                text(e, "user"),
                e.childText("password"),
                properties,
                text(e, "isolation-level"),
                Math.max(count(e, "min-pool-size"), count(e, "initial-pool-size")),
                count(e, "max-pool-size"),
                count(e, "max-idle-time"));
    }

    private static void put(Map<String, String> properties, String name, @Nullable String value) {
        if (value != null) properties.put(name, value);
    }

    private int count(XmlElement e, String name) throws DeploymentException {
        XmlElement child = e.child(name);
        return child == null ? -1 : rules.number(child);
    }
}
