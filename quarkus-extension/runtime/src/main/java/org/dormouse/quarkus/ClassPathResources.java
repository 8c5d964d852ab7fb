package org.dormouse.quarkus;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLConnection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.dormouse.servlet.Resources;
import org.jspecify.annotations.Nullable;

/**
 * The files below {@code META-INF/resources} of the application and its libraries, as the build listed them: nothing else of the class path
 * can be reached, whatever the path. They do not change while the application runs. Safe for many threads.
 */
final class ClassPathResources implements Resources {
    private static final String ROOT = "META-INF/resources";

    private final ClassLoader loader;
    private final TreeSet<String> files = new TreeSet<>(); // with a leading slash; not changed after construction
    private final Map<String, Resource> found = new ConcurrentHashMap<>();

    /** @param names of files, relative to {@code META-INF/resources} */
    ClassPathResources(ClassLoader loader, Set<String> names) {
        this.loader = loader;
        for (String name : names) files.add(name.startsWith("/") ? name : "/" + name);
    }

    @Override
    public @Nullable Resource find(String path) {
        if (files.contains(path)) return found.computeIfAbsent(path, this::file);
        return isDirectory(path) ? new Directory(loader, path) : null;
    }

    @Override
    public Set<String> list(String path) {
        String prefix = path.endsWith("/") ? path : path + "/";
        var names = new LinkedHashSet<String>();
        for (String file : files.tailSet(prefix)) {
            if (!file.startsWith(prefix)) break;
            int end = file.indexOf('/', prefix.length());
            names.add(end < 0 ? file : file.substring(0, end + 1));
        }
        return names;
    }

    private boolean isDirectory(String path) {
        String prefix = path.endsWith("/") ? path : path + "/";
        String next = files.ceiling(prefix);
        return next != null && next.startsWith(prefix);
    }

    private Resource file(String path) {
        URL url = loader.getResource(ROOT + path);
        if (url == null) throw new IllegalStateException(ROOT + path + " was there at build time and is not any more");
        try {
            URLConnection connection = url.openConnection();
            connection.setUseCaches(false);
            try (InputStream content = connection.getInputStream()) {
                long length = connection.getContentLengthLong();
                if (length < 0) length = content.transferTo(java.io.OutputStream.nullOutputStream());
                return new File(url, length, connection.getLastModified());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(url + " cannot be read", e);
        }
    }

    private record File(URL url, long length, long lastModified) implements Resource {
        @Override
        public boolean isDirectory() {
            return false;
        }

        @Override
        public InputStream open() throws IOException {
            URLConnection connection = url.openConnection();
            connection.setUseCaches(false); // closing the stream must not close a jar that others read
            return connection.getInputStream();
        }
    }

    private record Directory(ClassLoader loader, String path) implements Resource {
        @Override
        public boolean isDirectory() {
            return true;
        }

        @Override
        public long length() {
            return 0;
        }

        @Override
        public long lastModified() {
            return 0;
        }

        @Override
        public InputStream open() throws IOException {
            throw new FileNotFoundException(path + " is a directory");
        }

        @Override
        public URL url() throws IOException {
            URL url = loader.getResource(ROOT + path);
            if (url == null) throw new FileNotFoundException(path + " has no entry of its own in its jar");
            return url;
        }
    }
}
