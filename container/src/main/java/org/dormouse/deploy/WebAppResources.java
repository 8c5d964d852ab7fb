package org.dormouse.deploy;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.dormouse.servlet.Resources;
import org.jspecify.annotations.Nullable;

/**
 * The files of a folder, then {@code META-INF/resources} of jars in their order (Servlet 6.1 §4.6). One path leads to one file only: names
 * are compared with case on every file system, and links are not followed. Safe for many threads; closing it closes the jars.
 */
final class WebAppResources implements Resources, AutoCloseable {
    private static final String IN_JAR = "META-INF/resources";
    private static final boolean ON_WINDOWS = File.separatorChar == '\\';

    private final Path root;
    private final boolean followsLinks;
    private final List<ResourceJar> jars = new ArrayList<>();

    /** @param folders paths without a slash at the end: a jar need not have entries for them */
    private record ResourceJar(JarFile file, Set<String> folders) {}

    /** @param jars those that may have resources; opened here, and kept open only if they do */
    WebAppResources(Path root, List<Path> jars) throws IOException {
        this(root, jars, false);
    }

    /** @param followsLinks whether links in the folder lead to what they name, be it outside of the folder */
    WebAppResources(Path root, List<Path> jars, boolean followsLinks) throws IOException {
        this.followsLinks = followsLinks;
        this.root = root.toRealPath();
        try {
            for (Path path : jars) addIfItHasResources(path);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private void addIfItHasResources(Path path) throws IOException {
        JarFile jar = new JarFile(path.toFile());
        Set<String> folders = new HashSet<>();
        jar.stream()
                .map(ZipEntry::getName)
                .filter(name -> name.startsWith(IN_JAR + "/"))
                .forEach(name -> {
                    String inside = name.substring(IN_JAR.length());
                    for (int slash = inside.lastIndexOf('/'); slash > 0; slash = inside.lastIndexOf('/', slash - 1)) {
                        folders.add(inside.substring(0, slash));
                    }
                    folders.add("");
                });
        if (folders.isEmpty()) jar.close();
        else jars.add(new ResourceJar(jar, Set.copyOf(folders)));
    }

    @Override
    public @Nullable Resource find(String path) {
        if (!path.startsWith("/")) return null;
        Resource file = findFile(path);
        if (file != null) return file;
        return isPlain(path) ? findInJars(path) : null;
    }

    private @Nullable Resource findInJars(String path) {
        String folder = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        for (ResourceJar jar : jars) {
            if (jar.folders.contains(folder)) return new JarResource(jar.file, new ZipEntry(IN_JAR + folder + "/"));
            ZipEntry entry = path.endsWith("/") ? null : jar.file.getEntry(IN_JAR + path);
            if (entry != null) return new JarResource(jar.file, entry);
        }
        return null;
    }

    private @Nullable Resource findFile(String path) {
        Path relative = relative(path);
        if (relative == null) return null;
        try {
            Path file = followsLinks ? behindLinks(relative) : root.resolve(relative);
            // Differs from what was asked for where a link, or a name with other case, led there.
            if (file == null || !file.toRealPath().equals(file)) return null;
            BasicFileAttributes attributes =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (attributes.isDirectory()) return new FileResource(file, attributes);
            if (!attributes.isRegularFile() || path.endsWith("/")) return null;
            return new FileResource(file, attributes);
        } catch (IOException e) {
            return null; // not there, or not for us
        }
    }

    /** Where {@code relative} leads, link by link; null if a name on the way is that of a link in another case. */
    private @Nullable Path behindLinks(Path relative) throws IOException {
        Path at = root;
        for (Path name : relative) {
            if (name.toString().isEmpty()) continue;
            Path next = at.resolve(name);
            if (!Files.isSymbolicLink(next)) {
                at = next;
            } else {
                if (!isListed(at, name)) return null;
                at = next.toRealPath();
            }
        }
        return at;
    }

    /** The real path of a link does not tell how the link is written, so the folder is asked. */
    private static boolean isListed(Path folder, Path name) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> String.valueOf(file.getFileName()).equals(name.toString()));
        }
    }

    /** The path below the root; null for one that is not canonical or that this file system cannot have. */
    private @Nullable Path relative(String path) {
        if (!isPlain(path)) return null;
        try {
            return root.getFileSystem().getPath(path.substring(1));
        } catch (InvalidPathException e) {
            return null;
        }
    }

    /** Whether every segment, but for an empty one at the end, is an ordinary name. */
    private static boolean isPlain(String path) {
        if (path.indexOf('\\') >= 0 || path.indexOf('\0') >= 0) return false;
        int start = 1;
        while (start < path.length()) {
            int end = path.indexOf('/', start);
            if (end < 0) end = path.length();
            int length = end - start;
            if (length == 0 || (ON_WINDOWS && isOdd(path, start, end))) return false;
            if (path.charAt(start) == '.' && (length == 1 || (length == 2 && path.charAt(start + 1) == '.')))
                return false;
            start = end + 1;
        }
        return true;
    }

    /** A colon names a data stream of a file, and dots and spaces at the end of a name are not looked at: other names for the same file. */
    static boolean isOdd(String path, int start, int end) {
        char last = path.charAt(end - 1);
        if (last == '.' || last == ' ') return true;
        int colon = path.indexOf(':', start);
        return colon >= 0 && colon < end;
    }

    @Override
    public Set<String> list(String path) {
        String folder = path.endsWith("/") ? path : path + "/";
        Set<String> names = new LinkedHashSet<>();
        Resource resource = findFile(folder);
        if (resource instanceof FileResource file && file.isDirectory()) addFiles(file.path, folder, names);
        for (ResourceJar jar : jars) addEntries(jar.file, folder, names);
        return names;
    }

    private static void addFiles(Path directory, String folder, Set<String> names) {
        try (Stream<Path> files = Files.list(directory)) {
            files.sorted().forEach(file -> {
                boolean inner = Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
                if (inner || Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    names.add(folder + file.getFileName() + (inner ? "/" : ""));
                }
            });
        } catch (IOException e) {
            // It was there a moment ago: then there is nothing to list now.
        }
    }

    private static void addEntries(JarFile jar, String folder, Set<String> names) {
        String prefix = IN_JAR + folder;
        jar.stream()
                .map(ZipEntry::getName)
                .filter(name -> name.startsWith(prefix) && name.length() > prefix.length())
                .forEach(name -> {
                    int end = name.indexOf('/', prefix.length());
                    names.add(folder + name.substring(prefix.length(), end < 0 ? name.length() : end + 1));
                });
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (ResourceJar jar : jars) {
            try {
                jar.file.close();
            } catch (IOException e) {
                if (failure == null) failure = e;
                else failure.addSuppressed(e);
            }
        }
        if (failure != null) throw failure;
    }

    private static final class FileResource implements Resource {
        private final Path path;
        private final BasicFileAttributes attributes;

        FileResource(Path path, BasicFileAttributes attributes) {
            this.path = path;
            this.attributes = attributes;
        }

        @Override
        public boolean isDirectory() {
            return attributes.isDirectory();
        }

        @Override
        public long length() {
            return isDirectory() ? 0 : attributes.size();
        }

        @Override
        public long lastModified() {
            return attributes.lastModifiedTime().toMillis();
        }

        @Override
        public @Nullable Object identity() {
            return attributes.fileKey();
        }

        @Override
        public InputStream open() throws IOException {
            // A jar's file system has no links and takes no such option.
            return file() == null ? Files.newInputStream(path) : Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS);
        }

        @Override
        public URL url() throws IOException {
            return path.toUri().toURL();
        }

        @Override
        public @Nullable Path file() {
            return path.getFileSystem().equals(FileSystems.getDefault()) ? path : null;
        }
    }

    private record JarResource(JarFile jar, ZipEntry entry) implements Resource {
        @Override
        public boolean isDirectory() {
            return entry.isDirectory();
        }

        @Override
        public long length() {
            return isDirectory() ? 0 : Math.max(0, entry.getSize());
        }

        @Override
        public long lastModified() {
            return Math.max(0, entry.getTime());
        }

        @Override
        public Object identity() {
            return entry.getCrc();
        }

        @Override
        public boolean isImmutable() {
            return true;
        }

        @Override
        public InputStream open() throws IOException {
            InputStream in = jar.getInputStream(entry);
            if (in == null) throw new IOException(entry + " is not in " + jar.getName());
            return in;
        }

        @Override
        public URL url() throws IOException {
            URI file = Path.of(jar.getName()).toUri();
            return URI.create("jar:" + file + "!/" + encoded(entry.getName())).toURL();
        }

        private static String encoded(String name) {
            try {
                return new URI(null, null, "/" + name, null).getRawPath().substring(1);
            } catch (URISyntaxException e) {
                throw new IllegalArgumentException("jar entry " + name, e);
            }
        }
    }
}
