package org.dormouse.deploy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.jboss.jandex.AnnotationInstance;
import org.jboss.jandex.AnnotationTarget;
import org.jboss.jandex.ClassInfo;
import org.jboss.jandex.CompositeIndex;
import org.jboss.jandex.DotName;
import org.jboss.jandex.Index;
import org.jboss.jandex.IndexView;
import org.jboss.jandex.Indexer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What can be told of an application's classes without loading them. Reads each jar at most once, and only if somebody asks. */
final class ClassScan {
    private static final Logger LOG = LoggerFactory.getLogger(ClassScan.class);

    private final Path classes;
    private final List<Fragment> fragments;
    private final ClassLoader loader;
    /** Of WEB-INF/classes first, then one for each fragment. */
    private @Nullable List<Index> indexes;

    private @Nullable IndexView hierarchy;

    /** @param loader to look at superclasses that the application does not bring itself */
    ClassScan(Path classes, List<Fragment> fragments, ClassLoader loader) {
        this.classes = classes;
        this.fragments = fragments;
        this.loader = loader;
    }

    /** What the annotations of servlets, filters and listeners declare, in the order of the fragments. */
    List<Descriptor> annotations() throws IOException, DeploymentException {
        var descriptors = new ArrayList<Descriptor>();
        List<Index> all = indexes();
        descriptors.add(Annotations.read(all.getFirst(), "WEB-INF/classes"));
        for (int i = 0; i < fragments.size(); i++) {
            if (fragments.get(i).descriptor().metadataComplete) continue;
            descriptors.add(Annotations.read(all.get(i + 1), fragments.get(i).toString()));
        }
        return descriptors;
    }

    /** The names of classes that carry {@code annotation} anywhere. */
    Set<String> annotatedWith(String annotation) throws IOException {
        Set<String> names = new LinkedHashSet<>();
        for (Index index : indexes()) {
            for (AnnotationInstance instance : index.getAnnotations(DotName.createSimple(annotation))) {
                ClassInfo declaring = declaringClass(instance.target());
                if (declaring != null) names.add(declaring.name().toString());
            }
        }
        return names;
    }

    /** The names of classes and interfaces of the application that extend or implement {@code type}, at whatever distance. */
    Set<String> subtypesOf(String type) throws IOException {
        IndexView view = hierarchy();
        DotName name = DotName.createSimple(type);
        Set<String> own = new HashSet<>();
        for (Index index : indexes()) {
            for (ClassInfo known : index.getKnownClasses()) own.add(known.name().toString());
        }
        Set<String> names = new LinkedHashSet<>();
        for (Collection<ClassInfo> found : List.of(
                view.getAllKnownSubclasses(name),
                view.getAllKnownImplementations(name),
                view.getAllKnownSubinterfaces(name))) {
            for (ClassInfo one : found) {
                if (own.contains(one.name().toString())) names.add(one.name().toString());
            }
        }
        return names;
    }

    private static @Nullable ClassInfo declaringClass(@Nullable AnnotationTarget target) {
        if (target == null) return null;
        return switch (target.kind()) {
            case CLASS -> target.asClass();
            case METHOD -> target.asMethod().declaringClass();
            case FIELD -> target.asField().declaringClass();
            case METHOD_PARAMETER, TYPE, RECORD_COMPONENT -> null; // not among those of Servlet 6.1 §8.2.4
        };
    }

    private List<Index> indexes() throws IOException {
        if (indexes != null) return indexes;
        var all = new ArrayList<Index>();
        all.add(indexFolder());
        for (Fragment fragment : fragments) all.add(indexJar(fragment.jar()));
        indexes = all;
        return all;
    }

    private Index indexFolder() throws IOException {
        var indexer = new Indexer();
        if (Files.isDirectory(classes)) {
            try (Stream<Path> files = Files.walk(classes)) {
                for (Path file :
                        files.filter(f -> isClass(f.toString())).sorted().toList()) {
                    try (InputStream in = Files.newInputStream(file)) {
                        index(indexer, in, file);
                    }
                }
            }
        }
        return indexer.complete();
    }

    private static Index indexJar(Path path) throws IOException {
        var indexer = new Indexer();
        try (JarFile jar = new JarFile(path.toFile())) {
            Enumeration<JarEntry> entries = jar.entries();
            while (entries.hasMoreElements()) {
                JarEntry entry = entries.nextElement();
                if (!isClass(entry.getName()) || entry.getName().startsWith("META-INF/")) continue;
                try (InputStream in = jar.getInputStream(entry)) {
                    index(indexer, in, path + " " + entry.getName());
                }
            }
        }
        return indexer.complete();
    }

    private static boolean isClass(String name) {
        return name.endsWith(".class") && !name.endsWith("module-info.class");
    }

    private static void index(Indexer indexer, InputStream in, Object source) {
        try {
            indexer.index(in);
        } catch (IOException | RuntimeException e) {
            // What cannot be read cannot be loaded either; whoever needs the class will hear of it then.
            LOG.debug("{} is not a class that can be read", source, e);
        }
    }

    /** All indexes, and those superclasses and interfaces of the server's that are needed to follow a line of descent. */
    private IndexView hierarchy() throws IOException {
        if (hierarchy != null) return hierarchy;
        var all = new ArrayList<IndexView>(indexes());
        var known = new HashSet<DotName>();
        List<DotName> open = new ArrayList<>();
        for (IndexView index : all) {
            for (ClassInfo one : index.getKnownClasses()) {
                known.add(one.name());
                addSupertypes(one, open);
            }
        }
        var indexer = new Indexer();
        while (!open.isEmpty()) {
            DotName next = open.removeLast();
            if (!known.add(next) || next.toString().startsWith("java.")) continue;
            try (InputStream in = loader.getResourceAsStream(next.toString().replace('.', '/') + ".class")) {
                if (in == null) continue;
                byte[] bytes = in.readAllBytes();
                indexer.index(new ByteArrayInputStream(bytes));
                addSupertypes(Index.singleClass(bytes), open);
            }
        }
        all.add(indexer.complete());
        hierarchy = CompositeIndex.create(all);
        return hierarchy;
    }

    private static void addSupertypes(ClassInfo type, List<DotName> to) {
        if (type.superName() != null) to.add(type.superName());
        to.addAll(type.interfaceNames());
    }
}
