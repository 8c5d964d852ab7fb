package org.dormouse.naming;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Map;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Connections of a driver that an application brings, and that {@link java.sql.DriverManager} would not show to the server's pool. */
record DriverDataSource(Driver driver, String url, Map<String, String> properties) implements DataSource {
    @Override
    public Connection getConnection() throws SQLException {
        return connect(new Properties());
    }

    @Override
    public Connection getConnection(@Nullable String user, @Nullable String password) throws SQLException {
        var login = new Properties();
        if (user != null) login.setProperty("user", user);
        if (password != null) login.setProperty("password", password);
        return connect(login);
    }

    private Connection connect(Properties login) throws SQLException {
        properties.forEach(login::putIfAbsent);
        Connection connection = driver.connect(url, login);
        if (connection != null) return connection;
        throw new SQLException(driver.getClass().getName() + " does not know the url " + url);
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return driver.getParentLogger();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (isWrapperFor(type)) return type.cast(this);
        throw new SQLException("no " + type.getName());
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }

    /** Without the URL: some drivers take passwords there. */
    @Override
    public String toString() {
        return "data source over " + driver.getClass().getName();
    }
}
