package org.dormouse.jsp;

import jakarta.servlet.ServletContext;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.apache.tomcat.Jar;
import org.apache.tomcat.JarScanFilter;
import org.apache.tomcat.JarScanType;
import org.apache.tomcat.JarScanner;
import org.apache.tomcat.JarScannerCallback;
import org.apache.tomcat.util.scan.JarFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jars with tag libraries that an application has: its own first, in the order of its class path, then those of the server's class path
 * (Pages 4.0 §7.3.2). Jars without one are opened once and not shown to Jasper. Of one application.
 */
final class TagLibraryJars implements JarScanner {
    private static final Logger LOG = LoggerFactory.getLogger(TagLibraryJars.class);
    private static final String FOLDER = "META-INF/";
    private static final String SUFFIX = ".tld";
    private static final String LIBRARIES = "/WEB-INF/lib/";

    /** What is on the class path of a JVM stays as it is: looked at for its first application. */
    private static final Map<Path, Content> SERVERS = new ConcurrentHashMap<>();

    /** Those with libraries in their order, and whether each has one with listeners; null before they are looked for. */
    private @Nullable Map<Path, Boolean> found;

    /** @param classPath what the manifest adds to the class path */
    private record Content(boolean hasLibraries, boolean hasListeners, List<Path> classPath) {
        static final Content NOTHING = new Content(false, false, List.of());
    }

    /** Whether a library in one of the jars has listeners. */
    boolean haveListeners(ServletContext context) {
        return find(context).containsValue(true);
    }

    @Override
    public void scan(JarScanType type, ServletContext context, JarScannerCallback callback) {
        try {
            for (Path jar : find(context).keySet()) show(jar, context, callback);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized Map<Path, Boolean> find(ServletContext context) {
        Map<Path, Boolean> known = found;
        if (known != null) return known;
        known = new LinkedHashMap<>();
        Set<Path> seen = new LinkedHashSet<>();
        for (Path own : pathsOf(context.getClassLoader())) {
            if (seen.add(own) && !isClasses(own, context)) add(own, read(own), known);
        }
        ClassLoader server = TagLibraryJars.class.getClassLoader();
        for (ClassLoader loader = server; loader != null; loader = loader.getParent()) {
            addServers(pathsOf(loader), seen, known);
        }
        addServers(pathsOf(System.getProperty("java.class.path", "")), seen, known);
        found = known;
        return known;
    }

    private static void addServers(Collection<Path> paths, Set<Path> seen, Map<Path, Boolean> to) {
        Deque<Path> open = new ArrayDeque<>(paths);
        while (!open.isEmpty()) {
            Path path = open.pop();
            if (!seen.add(path)) continue;
            Content content = SERVERS.get(path);
            if (content == null) {
                content = read(path);
                SERVERS.put(path, content);
            }
            content.classPath.forEach(open::add);
            add(path, content, to);
        }
    }

    private static void add(Path path, Content content, Map<Path, Boolean> to) {
        if (content.hasLibraries) to.put(path, content.hasListeners);
    }

    private static void show(Path path, ServletContext context, JarScannerCallback callback) throws IOException {
        String inApplication = LIBRARIES + path.getFileName();
        boolean own = path.toString().equals(context.getRealPath(inApplication));
        String webAppPath = own ? inApplication : null;
        if (Files.isDirectory(path)) {
            callback.scan(path.toFile(), webAppPath, own);
            return;
        }
        try (Jar jar = JarFactory.newInstance(path.toUri().toURL())) {
            callback.scan(jar, webAppPath, own);
        }
    }

    /** Libraries are in jars or in files below WEB-INF, not among classes (§7.3.1). */
    private static boolean isClasses(Path path, ServletContext context) {
        return path.toString().equals(context.getRealPath("/WEB-INF/classes"));
    }

    /** What cannot be read has nothing, as for the class loader. */
    private static Content read(Path path) {
        if (Files.isDirectory(path)) {
            // A folder of classes, as an IDE has them: of an embedding program, whose libraries have listeners if any
            // has.
            boolean some = hasLibraryIn(path.resolve(FOLDER));
            return new Content(some, some, List.of());
        }
        if (!Files.isRegularFile(path)) return Content.NOTHING;
        try (JarFile jar = new JarFile(path.toFile())) {
            boolean libraries = false;
            boolean listeners = false;
            for (JarEntry entry : jar.stream().toList()) {
                if (!entry.getName().startsWith(FOLDER) || !entry.getName().endsWith(SUFFIX)) continue;
                libraries = true;
                try (InputStream in = jar.getInputStream(entry)) {
                    listeners |= TagLibraries.hasListener(in);
                }
            }
            return new Content(libraries, listeners, classPath(jar.getManifest(), path));
        } catch (IOException e) {
            LOG.debug("{} is not looked at for tag libraries", path, e);
            return Content.NOTHING;
        }
    }

    private static boolean hasLibraryIn(Path folder) {
        if (!Files.isDirectory(folder)) return false;
        try (Stream<Path> files = Files.walk(folder)) {
            return files.anyMatch(file -> file.toString().endsWith(SUFFIX));
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    private static List<Path> classPath(@Nullable Manifest manifest, Path jar) {
        String text = manifest == null ? null : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
        if (text == null) return List.of();
        Set<Path> paths = new LinkedHashSet<>();
        for (String part : text.strip().split("\\s+", -1)) {
            try {
                URI uri = jar.toUri().resolve(new URI(part));
                if ("file".equals(uri.getScheme())) paths.add(Path.of(uri));
            } catch (URISyntaxException | IllegalArgumentException e) {
                LOG.debug("{} in the class path of {} is passed over", part, jar, e);
            }
        }
        return List.copyOf(paths);
    }

    private static Collection<Path> pathsOf(@Nullable ClassLoader loader) {
        Set<Path> paths = new LinkedHashSet<>();
        if (!(loader instanceof URLClassLoader urls)) return paths;
        for (URL url : urls.getURLs()) {
            if (!url.getProtocol().equals("file")) continue;
            try {
                paths.add(Path.of(url.toURI()));
            } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
                LOG.debug("{} is not looked at for tag libraries", url, e);
            }
        }
        return paths;
    }

    private static Collection<Path> pathsOf(String classPath) {
        Set<Path> paths = new LinkedHashSet<>();
        for (String part : classPath.split(File.pathSeparator, -1)) {
            try {
                if (!part.isEmpty()) paths.add(Path.of(part).toAbsolutePath());
            } catch (InvalidPathException e) {
                LOG.debug("{} is not looked at for tag libraries", part, e);
            }
        }
        return paths;
    }

    /** Everything is looked at. */
    @Override
    public JarScanFilter getJarScanFilter() {
        return (type, name) -> true;
    }

    @Override
    public void setJarScanFilter(JarScanFilter filter) {
        throw new UnsupportedOperationException("every jar is looked at for tag libraries");
    }
}
