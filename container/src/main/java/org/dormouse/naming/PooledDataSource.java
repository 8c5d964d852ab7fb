package org.dormouse.naming;

import com.zaxxer.hikari.HikariDataSource;
import java.beans.BeanInfo;
import java.beans.IntrospectionException;
import java.beans.Introspector;
import java.beans.PropertyDescriptor;
import java.lang.reflect.Method;
import java.sql.Driver;
import java.util.Locale;
import javax.sql.DataSource;

/** Data sources over HikariCP, if it is on the class path. They open their first connection when somebody wants one. */
public final class PooledDataSource {
    private static final String POOL = "com.zaxxer.hikari.HikariDataSource";

    private PooledDataSource() {}

    /**
     * Makes a data source. What it returns is {@link AutoCloseable}.
     *
     * @param loader of the application that wants it: where the driver is
     * @throws IllegalArgumentException if the settings make no sense, a class is not there, or there is no pool; the message says which
     */
    public static DataSource open(DataSourceSettings settings, ClassLoader loader) {
        String what = "data source " + settings.name();
        try {
            Class.forName(POOL, false, PooledDataSource.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException(
                    what + " needs a pool: com.zaxxer:HikariCP is not on the class path of the server", e);
        }
        try {
            return Hikari.open(settings, loader);
        } catch (ReflectiveOperationException | IntrospectionException | LinkageError e) {
            throw new IllegalArgumentException(what + ": " + e, e);
        }
    }

    /** Apart, so that nobody loads it where there is no pool. */
    private static final class Hikari {
        static DataSource open(DataSourceSettings settings, ClassLoader loader)
                throws ReflectiveOperationException, IntrospectionException {
            Class<?> type = Class.forName(settings.className(), true, loader);
            var pool = new HikariDataSource();
            pool.setPoolName(settings.name());
            if (DataSource.class.isAssignableFrom(type)) {
                DataSource source = (DataSource) type.getDeclaredConstructor().newInstance();
                settings.properties().forEach((name, value) -> set(source, name, value, settings));
                if (settings.url() != null) set(source, "url", settings.url(), settings);
                pool.setDataSource(source);
            } else if (Driver.class.isAssignableFrom(type)) {
                if (settings.url() == null) {
                    throw new IllegalArgumentException("data source " + settings.name() + " has a driver and no url");
                }
                Driver driver = (Driver) type.getDeclaredConstructor().newInstance();
                pool.setDataSource(new DriverDataSource(driver, settings.url(), settings.properties()));
            } else {
                throw new IllegalArgumentException("data source " + settings.name() + ": " + settings.className()
                        + " is neither a javax.sql.DataSource nor a java.sql.Driver");
            }
            if (settings.user() != null) pool.setUsername(settings.user());
            if (settings.password() != null) pool.setPassword(settings.password());
            if (settings.isolation() != null) pool.setTransactionIsolation(settings.isolation());
            if (settings.maxConnections() > 0) pool.setMaximumPoolSize(settings.maxConnections());
            if (settings.minConnections() >= 0) pool.setMinimumIdle(settings.minConnections());
            if (settings.maxIdleSeconds() > 0) pool.setIdleTimeout(settings.maxIdleSeconds() * 1000L);
            return pool;
        }

        /** By the setter of that name, whatever the case of its letters: {@code setURL} and {@code setUrl} are both in use. */
        private static void set(DataSource source, String name, String value, DataSourceSettings settings) {
            try {
                BeanInfo bean = Introspector.getBeanInfo(source.getClass());
                for (PropertyDescriptor property : bean.getPropertyDescriptors()) {
                    Method setter = property.getWriteMethod();
                    if (setter == null
                            || !property.getName().toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT)))
                        continue;
                    setter.invoke(source, SimpleValues.read(setter.getParameterTypes()[0], value));
                    return;
                }
            } catch (ReflectiveOperationException | IntrospectionException | IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "data source " + settings.name() + ": property " + name + " cannot be set: " + e.getMessage(),
                        e);
            }
            throw new IllegalArgumentException(
                    "data source " + settings.name() + ": " + settings.className() + " has no property " + name);
        }
    }
}
