package org.dormouse.deploy;

import jakarta.servlet.ServletContainerInitializer;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.dormouse.jsp.JspEngine;
import org.dormouse.naming.Names;
import org.dormouse.servlet.Deployment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a deployment of a WAR, or of a folder that looks like an unpacked one. One thread at a time.
 *
 * <pre>{@code
 * Deployment deployment = new WarDeployer().read(Path.of("shop.war"), "/shop");
 * deployment.security().users(UsersFile.read(Path.of("users.txt")));
 * }</pre>
 *
 * A WAR is unpacked into a temporary folder of its own. What was opened for the deployment, that folder included, is given up through
 * {@link Deployment#closeAtStop()}.
 */
public final class WarDeployer {
    private static final Logger LOG = LoggerFactory.getLogger(WarDeployer.class);
    private static final String FRAGMENT_ENTRY = "META-INF/web-fragment.xml";
    /** Bytes of a descriptor; a larger one is something else. */
    private static final long MAX_DESCRIPTOR_BYTES = 8 * 1024 * 1024;

    private ClassLoader server;
    private UnpackLimits limits = UnpackLimits.DEFAULT;
    private String otherwiseAt = "";
    private boolean followsLinks;
    private boolean hasPages = true;
    private final List<Path> libraries = new ArrayList<>();
    private final List<ServletContainerInitializer> initializers = new ArrayList<>();
    private final Map<String, Object> given = new LinkedHashMap<>();

    public WarDeployer() {
        ClassLoader callers = Thread.currentThread().getContextClassLoader();
        this.server = callers != null ? callers : WarDeployer.class.getClassLoader();
    }

    /** Where the application finds the Jakarta APIs and what it does not bring itself; the default is the caller's context class loader. */
    public WarDeployer server(ClassLoader loader) {
        server = loader;
        return this;
    }

    public WarDeployer limits(UnpackLimits unpackLimits) {
        limits = unpackLimits;
        return this;
    }

    /** Where an application is that neither {@link #read} nor its web.xml names a path for; the default is the root. */
    public WarDeployer otherwiseAt(String contextPath) {
        otherwiseAt = contextPath;
        return this;
    }

    /** Whether links in the application lead to what they name, be it outside of it; the default is no. */
    public WarDeployer followLinks(boolean follows) {
        followsLinks = follows;
        return this;
    }

    /** Whether JSP pages are run where there is an engine for them; the default is yes. */
    public WarDeployer pages(boolean run) {
        hasPages = run;
        return this;
    }

    /** Adds jars as if they lay in WEB-INF/lib, behind those: for a WAR that expects its server to have them. */
    public WarDeployer libraries(Path... jars) {
        libraries.addAll(Arrays.asList(jars));
        return this;
    }

    /** Gives the application resources under their names, as {@code jdbc/shop} for {@code java:comp/env/jdbc/shop}. */
    public WarDeployer resources(Map<String, Object> named) {
        given.putAll(named);
        return this;
    }

    /** Runs an initializer of the server before those of the application; its {@code @HandlesTypes} is looked for as theirs is. */
    public WarDeployer initializer(ServletContainerInitializer initializer) {
        initializers.add(initializer);
        return this;
    }

    /**
     * Reads an application.
     *
     * @param contextPath as {@link Deployment} has it; null: what web.xml says in default-context-path, else {@link #otherwiseAt}
     * @throws DeploymentException if it cannot be deployed; nothing is left open then
     */
    public Deployment read(Path warOrFolder, @Nullable String contextPath) throws DeploymentException {
        List<AutoCloseable> opened = new ArrayList<>();
        try {
            return read(warOrFolder, contextPath, opened);
        } catch (DeploymentException e) {
            closeAll(opened, e);
            throw e;
        } catch (IOException e) {
            closeAll(opened, e);
            throw new DeploymentException(warOrFolder + ": " + e, e);
        } catch (RuntimeException | Error e) {
            closeAll(opened, e);
            throw e;
        }
    }

    private Deployment read(Path warOrFolder, @Nullable String contextPath, List<AutoCloseable> opened)
            throws DeploymentException, IOException {
        if (!Files.exists(warOrFolder))
            throw new DeploymentException(warOrFolder + ": there is no such file or folder");
        TemporaryFolder temporary = TemporaryFolder.create("dormouse-");
        opened.add(temporary);
        Path root = warOrFolder.toRealPath();
        boolean isPlainFolder = Files.isDirectory(root) && !Files.isDirectory(root.resolve("WEB-INF"));
        if (isPlainFolder)
            LOG.info("{} has no WEB-INF: it is served as static content, without its hidden files", root);
        if (!Files.isDirectory(root)) {
            root = temporary.folder("application");
            WarFile.unpack(warOrFolder, root, limits);
        }
        String war = warOrFolder.toString();

        Descriptor webXml = readWebXml(root, war);
        List<Fragment> all = fragments(root, war);
        boolean ordered = webXml.absoluteOrdering != null;
        List<Fragment> fragments = webXml.absoluteOrdering != null
                ? FragmentOrder.absolute(all, webXml.absoluteOrdering)
                : FragmentOrder.relative(all);

        var loader = new WebAppClassLoader(
                String.valueOf(warOrFolder.getFileName()), classPath(root, fragments, all), server);
        opened.add(loader);
        var resources =
                new WebAppResources(root, fragments.stream().map(Fragment::jar).toList(), followsLinks);
        opened.add(resources);

        String path = contextPath != null ? contextPath : webXml.defaultContextPath;
        var deployment = new Deployment(path == null ? otherwiseAt : path)
                .classLoader(loader)
                .resources(isPlainFolder ? new VisibleResources(resources) : resources)
                .tempDirectory(temporary.folder("work"));
        String application = "application " + deployment.contextPath() + "/";
        var names = new Names(application, loader);
        opened.add(names);
        opened.add(1 + opened.indexOf(loader), new LeftBehind(application, loader));
        if (ordered || fragments.stream().anyMatch(f -> f.descriptor().fragmentName != null)) {
            deployment.orderedLibs(fragments.stream().map(Fragment::toString).toList());
        }

        if (hasPages && !isPlainFolder) JspEngine.addTo(deployment, Files.isDirectory(warOrFolder));
        var classes = new ClassScan(root.resolve("WEB-INF/classes"), fragments, loader);
        var merger = new DescriptorMerger(deployment, war, names, given);
        merger.add(webXml);
        if (!webXml.metadataComplete) {
            for (Fragment fragment : fragments) merger.add(fragment.descriptor());
            for (Descriptor annotated : classes.annotations()) merger.addAnnotations(annotated);
        }
        merger.finish(webXml.metadataComplete);
        var finder = new InitializerFinder(war, loader, fragments, classes);
        deployment.initializers().addAll(finder.find(initializers));
        // Before what the merger opened: pools close while their drivers can still be loaded.
        deployment.closeAtStop().addAll(0, opened);
        return deployment;
    }

    private static Descriptor readWebXml(Path root, String war) throws DeploymentException, IOException {
        Path file = root.resolve("WEB-INF/web.xml");
        String source = war + " WEB-INF/web.xml";
        if (!Files.isRegularFile(file)) return new Descriptor(source);
        checkSize(source, Files.size(file));
        try (InputStream in = Files.newInputStream(file)) {
            return DescriptorReader.read(in, source, false);
        }
    }

    private List<Fragment> fragments(Path root, String war) throws DeploymentException, IOException {
        List<Path> jars = new ArrayList<>();
        Path lib = root.resolve("WEB-INF/lib");
        if (Files.isDirectory(lib)) {
            try (Stream<Path> files = Files.list(lib)) {
                files.filter(f -> f.toString().endsWith(".jar")).sorted().forEach(jars::add);
            }
        }
        for (Path library : libraries) {
            if (!Files.isRegularFile(library)) throw new DeploymentException(library + ": there is no such library");
            jars.add(library.toRealPath());
        }
        var fragments = new ArrayList<Fragment>();
        for (Path jar : jars) fragments.add(fragment(jar, war));
        return fragments;
    }

    private static Fragment fragment(Path jar, String war) throws DeploymentException {
        String source = war + " " + jar.getFileName();
        try (JarFile file = new JarFile(jar.toFile())) {
            ZipEntry entry = file.getEntry(FRAGMENT_ENTRY);
            if (entry == null) return new Fragment(jar, new Descriptor(source));
            String descriptor = source + " " + FRAGMENT_ENTRY;
            checkSize(descriptor, entry.getSize());
            try (InputStream in = file.getInputStream(entry)) {
                return new Fragment(jar, DescriptorReader.read(in, descriptor, true));
            }
        } catch (IOException e) {
            throw new DeploymentException(source + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static void checkSize(String source, long bytes) throws DeploymentException {
        if (bytes > MAX_DESCRIPTOR_BYTES) {
            throw new DeploymentException(source + " has " + bytes + " bytes, limit " + MAX_DESCRIPTOR_BYTES);
        }
    }

    /** Jars left out by an absolute ordering are no fragments any more, but their classes stay visible (Servlet 6.1 §8.2.2). */
    private static List<URL> classPath(Path root, List<Fragment> fragments, List<Fragment> all)
            throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        Path classes = root.resolve("WEB-INF/classes");
        if (Files.isDirectory(classes)) urls.add(classes.toUri().toURL());
        for (Fragment fragment : fragments) urls.add(fragment.jar().toUri().toURL());
        for (Fragment fragment : all) {
            if (!fragments.contains(fragment)) urls.add(fragment.jar().toUri().toURL());
        }
        return urls;
    }

    /** Closes what was opened for a deployment that failed, the last first; what cannot be closed is added to {@code failure}. */
    public static void closeAll(List<AutoCloseable> opened, Throwable failure) {
        for (AutoCloseable one : opened.reversed()) {
            try {
                one.close();
            } catch (Exception e) {
                failure.addSuppressed(e);
            }
        }
    }
}
