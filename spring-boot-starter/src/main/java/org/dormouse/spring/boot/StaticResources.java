package org.dormouse.spring.boot;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.WebServerException;

/**
 * The folders behind {@code ServletContext.getResource}: the document root, then {@code META-INF/resources} of each jar that has one.
 * Jars stay open until {@link #close}. Used by one thread; its paths by any.
 */
final class StaticResources implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StaticResources.class);

    private final List<Path> folders = new ArrayList<>();
    private final List<FileSystem> jars = new ArrayList<>();

    private StaticResources() {}

    /**
     * @param documentRoot a folder, or null
     * @param jars URLs of folders and jars of the class path, nested ones of an executable jar included
     */
    static StaticResources open(@Nullable File documentRoot, List<URL> jars) {
        StaticResources resources = new StaticResources();
        if (documentRoot != null) resources.addDocumentRoot(documentRoot);
        try {
            for (URL jar : jars) resources.add(jar);
        } catch (IOException | URISyntaxException e) {
            resources.close();
            throw new WebServerException("cannot read the static resources of " + jars, e);
        }
        return resources;
    }

    /** First found, first served. */
    List<Path> folders() {
        return folders;
    }

    @Override
    public void close() {
        for (FileSystem jar : jars) {
            try {
                jar.close();
            } catch (IOException e) {
                LOG.warn("cannot close {}", jar, e);
            }
        }
        jars.clear();
    }

    private void addDocumentRoot(File root) {
        if (!root.isDirectory()) {
            throw new WebServerException(
                    "document root " + root
                            + " is not a folder, and Dormouse cannot serve an executable WAR's files yet:"
                            + " package the application as a jar, or deploy the WAR with `dormouse run`",
                    null);
        }
        folders.add(root.toPath());
    }

    private void add(URL url) throws IOException, URISyntaxException {
        Path root = root(url);
        Path folder = root.resolve("META-INF").resolve("resources");
        if (Files.isDirectory(folder)) folders.add(folder);
    }

    private Path root(URL url) throws IOException, URISyntaxException {
        if (url.getProtocol().equals("file")) {
            Path path = Path.of(url.toURI());
            return Files.isDirectory(path) ? path : open(FileSystems.newFileSystem(path, Map.of()));
        }
        // jar:nested:/app.jar/!BOOT-INF/lib/some.jar!/ of an executable jar, whose loader brings the provider for
        // "nested"
        String nested = url.toExternalForm();
        String archive = nested.substring("jar:".length(), nested.lastIndexOf("!/"));
        return open(FileSystems.newFileSystem(Path.of(new URI(archive)), Map.of()));
    }

    private Path open(FileSystem jar) {
        jars.add(jar);
        return jar.getRootDirectories().iterator().next();
    }
}
