package org.dormouse.identity;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.TreeSet;

/** Opens the source of users that a properties file describes: {@code source} is its kind, the rest are its settings. */
public final class UsersSource {
    private UsersSource() {}

    private record BuiltIn(String name, Opener opener) implements UsersProvider {
        interface Opener {
            Users open(Map<String, String> settings) throws Exception;
        }

        @Override
        public Users open(Map<String, String> settings) throws Exception {
            return opener.open(settings);
        }
    }

    /**
     * Opens what {@code file} describes.
     *
     * @param loader where providers are looked for
     * @throws IOException if it cannot be read, or the source cannot be opened; the message has file and setting
     */
    public static Users open(Path file, ClassLoader loader) throws IOException {
        var properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IllegalArgumentException e) {
            throw new IOException("source of users " + file + " has a bad escape", e);
        }
        var settings = new TreeMap<String, String>();
        properties.stringPropertyNames().forEach(name -> settings.put(name, properties.getProperty(name)));
        String kind = settings.remove("source");
        if (kind == null) throw new IOException("source of users " + file + ": source is missing");
        try {
            return provider(kind.strip(), loader).open(settings);
        } catch (Exception e) {
            throw new IOException("source of users " + file + ": " + e.getMessage(), e);
        }
    }

    private static UsersProvider provider(String kind, ClassLoader loader) {
        var known = new TreeMap<String, UsersProvider>();
        for (var each : ServiceLoader.load(UsersProvider.class, loader)) known.put(each.name(), each);
        for (var each : new UsersProvider[] {
            new BuiltIn("file", UsersSource::file),
            new BuiltIn("jdbc", JdbcUsers::open),
            new BuiltIn("ldap", LdapUsers::open)
        }) known.put(each.name(), each);
        UsersProvider found = known.get(kind);
        if (found != null) return found;
        throw new IllegalArgumentException(
                "there is no source \"" + kind + "\", known are " + String.join(", ", new TreeSet<>(known.keySet())));
    }

    private static Users file(Map<String, String> settings) throws IOException {
        var read = new SourceSettings(settings);
        Path file = Path.of(read.required("file"));
        read.noMore();
        return UsersFile.read(file);
    }
}
