package org.dormouse.servlet;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Properties;

/** What {@code getServerInfo()} answers, {@code name/version} (Servlet 6.1 §4.9, javadoc). The build writes the version; it is read once. */
final class ServerInfo {
    static final String TEXT = "Dormouse/" + version();

    private ServerInfo() {}

    private static String version() {
        try (InputStream in = ServerInfo.class.getResourceAsStream("version.properties")) {
            if (in == null) throw new IllegalStateException("version.properties is not beside " + ServerInfo.class);
            var properties = new Properties();
            properties.load(in);
            return Objects.requireNonNull(properties.getProperty("version"), "version");
        } catch (IOException e) {
            throw new IllegalStateException("version.properties cannot be read", e);
        }
    }
}
