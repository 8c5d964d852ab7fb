package org.dormouse.arquillian;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.dormouse.Dormouse;
import org.dormouse.Execution;
import org.dormouse.WebApp;
import org.jboss.arquillian.config.descriptor.api.ContainerDef;
import org.jboss.arquillian.container.spi.ConfigurationException;
import org.jboss.arquillian.container.spi.client.container.ContainerConfiguration;
import org.jspecify.annotations.Nullable;

/** What {@code arquillian.xml} says of one container: the properties that README.md lists. Used by one thread. */
public final class DormouseConfiguration implements ContainerConfiguration {
    private static final String SETTING = "dormouse.";
    private static final String USER = "user.";
    private static final int NONE = -1;

    private String host = "localhost";
    private int port = 0;
    private int httpsPort = NONE;
    private final Map<String, String> tls = new LinkedHashMap<>();
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final Map<String, String> users = new LinkedHashMap<>();
    private @Nullable Path usersFile;
    private @Nullable Execution execution;
    private boolean leavesOutFailed;

    /** Takes what {@code container} says; a property that there is not is an error, as a wrong value is. */
    void read(ContainerDef container) {
        container.getContainerProperties().forEach((name, value) -> set(name, value.strip()));
    }

    /** @throws ConfigurationException if there is no such property, or the value cannot be read */
    void set(String name, String value) {
        if (name.startsWith(SETTING)) {
            settings.put(name.substring(SETTING.length()), value);
            return;
        }
        if (name.startsWith(USER)) {
            users.put(name.substring(USER.length()), value);
            return;
        }
        switch (name) {
            case "host" -> host = value;
            case "port" -> port = port(name, value);
            case "httpsPort" -> httpsPort = port(name, value);
            case "keyStore" -> tls.put("keystore", value);
            case "keyStorePassword" -> tls.put("keystore-password", value);
            case "trustStore" -> tls.put("trust-store", value);
            case "trustStorePassword" -> tls.put("trust-store-password", value);
            case "clientAuth" -> tls.put("client-auth", value);
            case "usersFile" -> usersFile = Path.of(value);
            case "execution" -> execution = execution(value);
            case "failedDeployments" -> leavesOutFailed = leavesOut(value);
            default ->
                throw new ConfigurationException("there is no property " + name + "; settings of the server begin with "
                        + SETTING + ", users with " + USER);
        }
    }

    private static int port(String name, String value) {
        int port;
        try {
            port = Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new ConfigurationException(name + " \"" + value + "\" is no number", e);
        }
        if (port < NONE || port > 65535) throw new ConfigurationException(name + " " + port + " is not in -1 to 65535");
        return port;
    }

    private static Execution execution(String value) {
        for (Execution each : Execution.values()) {
            if (each != Execution.HOST && each.name().equalsIgnoreCase(value)) return each;
        }
        throw new ConfigurationException("execution \"" + value + "\" is none of loop, virtual, pool, inline");
    }

    private static boolean leavesOut(String value) {
        if (value.equals("report") || value.equals("leave-out")) return value.equals("leave-out");
        throw new ConfigurationException("failedDeployments \"" + value + "\" is none of report, leave-out");
    }

    /** @throws ConfigurationException what does not fit together */
    @Override
    public void validate() {
        if (port == NONE && httpsPort == NONE)
            throw new ConfigurationException("port and httpsPort are both -1: one of them is needed");
        if (httpsPort == NONE && !tls.isEmpty())
            throw new ConfigurationException(
                    "without httpsPort nothing is encrypted, but there are keys for it: " + tls.keySet());
        if (!users.isEmpty() && usersFile != null)
            throw new ConfigurationException(
                    "there are users of their own and usersFile " + usersFile + "; one of them");
        if (usersFile != null && !Files.isRegularFile(usersFile))
            throw new ConfigurationException("usersFile " + usersFile + ": there is no such file");
    }

    /** Whether a test goes on without a WAR that cannot be deployed. */
    boolean leavesOutFailed() {
        return leavesOutFailed;
    }

    String host() {
        return host;
    }

    boolean hasHttp() {
        return port != NONE;
    }

    boolean hasHttps() {
        return httpsPort != NONE;
    }

    /** A server as it is said, without applications. */
    Dormouse.Builder server() {
        var builder = Dormouse.builder().host(host);
        if (hasHttp()) builder.port(port);
        if (hasHttps()) builder.set("server.https-port", Integer.toString(httpsPort));
        tls.forEach((key, value) -> builder.set("tls." + key, value));
        if (execution != null) builder.execution(execution);
        settings.forEach(builder::set);
        return builder;
    }

    /**
     * Says who may log in to {@code application}.
     *
     * @param folder for a file with users that have none
     */
    void addUsers(WebApp application, Path folder) {
        if (usersFile != null) application.users(usersFile);
        if (users.isEmpty()) return;
        var lines = new ArrayList<String>();
        users.forEach((name, passwordAndRoles) -> lines.add(name + ":" + passwordAndRoles));
        try {
            application.users(Files.write(folder.resolve("users.txt"), lines));
        } catch (IOException e) {
            throw new UncheckedIOException("users cannot be written to a file in " + folder, e);
        }
    }
}
