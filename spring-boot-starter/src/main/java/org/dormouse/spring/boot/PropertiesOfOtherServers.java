package org.dormouse.spring.boot;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/** Finds properties that only another servlet container reads, left behind by whoever changed to Dormouse. Pure functions. */
final class PropertiesOfOtherServers {
    private static final List<ConfigurationPropertyName> PREFIXES = Stream.of(
                    "server.tomcat", "server.jetty", "server.undertow")
            .map(ConfigurationPropertyName::of)
            .toList();

    /** The setting of docs/configuration.md that does the same. */
    private static final Map<String, String> COUNTERPARTS = Map.ofEntries(
            Map.entry("server.jetty.threads.max", "server.pool-threads"),
            Map.entry("server.jetty.threads.max-queue-capacity", "server.pool-queue"),
            Map.entry("server.jetty.threads.selectors", "server.loops"),
            Map.entry("server.jetty.max-connections", "connections.max"),
            Map.entry("server.jetty.connection-idle-timeout", "http.keep-alive-timeout"),
            Map.entry("server.jetty.max-form-keys", "http.max-parameters"),
            Map.entry("server.jetty.max-http-form-post-size", "http.max-form-bytes"),
            Map.entry("server.tomcat.accept-count", "server.backlog"),
            Map.entry("server.tomcat.connection-timeout", "http.head-timeout"),
            Map.entry("server.tomcat.keep-alive-timeout", "http.keep-alive-timeout"),
            Map.entry("server.tomcat.max-connections", "connections.max"),
            Map.entry("server.tomcat.max-http-form-post-size", "http.max-form-bytes"),
            Map.entry("server.tomcat.max-parameter-count", "http.max-parameters"),
            Map.entry("server.tomcat.max-part-count", "multipart.max-parts"),
            Map.entry("server.tomcat.max-part-header-size", "multipart.max-part-head-bytes"),
            Map.entry("server.tomcat.max-swallow-size", "http.max-drain-bytes"),
            Map.entry("server.tomcat.remoteip.internal-proxies", "forwarded.trusted"),
            Map.entry("server.tomcat.threads.max", "server.pool-threads"),
            Map.entry("server.tomcat.threads.max-queue-capacity", "server.pool-queue"),
            Map.entry("server.undertow.max-headers", "http.max-fields"),
            Map.entry("server.undertow.max-http-post-size", "http.max-body-bytes"),
            Map.entry("server.undertow.max-parameters", "http.max-parameters"),
            Map.entry("server.undertow.no-request-timeout", "http.keep-alive-timeout"),
            Map.entry("server.undertow.threads.io", "server.loops"),
            Map.entry("server.undertow.threads.worker", "server.pool-threads"));

    private PropertiesOfOtherServers() {}

    /** One sentence about all that are set; null if none is. */
    static @Nullable String complaint(Environment environment) {
        var set = new TreeSet<String>();
        for (var source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource names) {
                names.stream()
                        .filter(name -> PREFIXES.stream().anyMatch(prefix -> prefix.isAncestorOf(name)))
                        .forEach(name -> set.add(name.toString()));
            }
        }
        if (set.isEmpty()) return null;
        return set.stream().map(PropertiesOfOtherServers::withCounterpart).collect(Collectors.joining("; "))
                + ": without effect on Dormouse, whose settings a DormouseBuilderCustomizer sets";
    }

    /** All that a complaint may point to. */
    static Collection<String> settings() {
        return COUNTERPARTS.values();
    }

    private static String withCounterpart(String property) {
        String own = COUNTERPARTS.get(property);
        return own == null ? property + " (there is no setting like it)" : property + " (its setting is " + own + ")";
    }
}
