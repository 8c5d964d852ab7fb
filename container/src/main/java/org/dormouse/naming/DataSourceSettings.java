package org.dormouse.naming;

import jakarta.annotation.sql.DataSourceDefinition;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A data source as {@code <data-source>} or {@code @DataSourceDefinition} describes it.
 *
 * @param name where it is bound
 * @param className of a {@code javax.sql.DataSource}, or of a {@code java.sql.Driver} that takes {@code url}
 * @param properties of the data source or driver, as they are written: its own, and {@code serverName}, {@code portNumber},
 *     {@code databaseName} and the like
 * @param isolation {@code TRANSACTION_READ_COMMITTED} and the like; null: as the database has it
 * @param minConnections kept open when idle; -1: as the pool has it
 * @param maxConnections -1: as the pool has it
 * @param maxIdleSeconds after which an idle connection is closed; -1: as the pool has it
 */
public record DataSourceSettings(
        String name,
        String className,
        @Nullable String url,
        @Nullable String user,
        @Nullable String password,
        Map<String, String> properties,
        @Nullable String isolation,
        int minConnections,
        int maxConnections,
        int maxIdleSeconds) {

    public DataSourceSettings {
        if (name.isEmpty()) throw new IllegalArgumentException("a data source has no name");
        if (className.isEmpty()) throw new IllegalArgumentException("data source " + name + " has no class name");
        if (maxConnections == 0) throw new IllegalArgumentException("data source " + name + ": max-pool-size 0 < 1");
        properties = Map.copyOf(properties);
    }

    public static DataSourceSettings of(DataSourceDefinition definition) {
        Map<String, String> properties = new LinkedHashMap<>();
        // The default of the annotation; a URL takes the place of the three.
        boolean hasUrl = !definition.url().isEmpty();
        if (!hasUrl && !definition.serverName().isEmpty()) properties.put("serverName", definition.serverName());
        if (!hasUrl && definition.portNumber() >= 0) {
            properties.put("portNumber", Integer.toString(definition.portNumber()));
        }
        if (!definition.databaseName().isEmpty()) properties.put("databaseName", definition.databaseName());
        if (definition.loginTimeout() > 0) {
            properties.put("loginTimeout", Integer.toString(definition.loginTimeout()));
        }
        for (String property : definition.properties()) {
            int equals = property.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException(
                        "data source " + definition.name() + ": property \"" + property + "\" is not name=value");
            }
            properties.put(property.substring(0, equals), property.substring(equals + 1));
        }
        return new DataSourceSettings(
                definition.name(),
                definition.className(),
                textOrNull(definition.url()),
                textOrNull(definition.user()),
                textOrNull(definition.password()),
                properties,
                isolation(definition.isolationLevel()),
                Math.max(definition.minPoolSize(), definition.initialPoolSize()),
                definition.maxPoolSize(),
                definition.maxIdleTime());
    }

    private static @Nullable String textOrNull(String text) {
        return text.isEmpty() ? null : text;
    }

    /** @param level as {@code java.sql.Connection} counts them; negative: not said */
    private static @Nullable String isolation(int level) {
        return switch (level) {
            case java.sql.Connection.TRANSACTION_NONE -> "TRANSACTION_NONE";
            case java.sql.Connection.TRANSACTION_READ_UNCOMMITTED -> "TRANSACTION_READ_UNCOMMITTED";
            case java.sql.Connection.TRANSACTION_READ_COMMITTED -> "TRANSACTION_READ_COMMITTED";
            case java.sql.Connection.TRANSACTION_REPEATABLE_READ -> "TRANSACTION_REPEATABLE_READ";
            case java.sql.Connection.TRANSACTION_SERIALIZABLE -> "TRANSACTION_SERIALIZABLE";
            default -> null;
        };
    }
}
