package org.dormouse.deploy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.jboss.jandex.AnnotationInstance;
import org.jboss.jandex.AnnotationTarget;
import org.jboss.jandex.ClassInfo;
import org.jboss.jandex.DotName;
import org.jboss.jandex.Indexer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What can be told of an application's classes without loading them. Looks at nothing that nobody asked for: most classes of most libraries
 * have none of the annotations, which their bytes tell before they are taken apart.
 */
final class ClassScan {
    private static final Logger LOG = LoggerFactory.getLogger(ClassScan.class);
    private static final String WEB_ANNOTATIONS = "jakarta/servlet/annotation/Web";

    private final Path classes;
    private final List<Fragment> fragments;
    private final ClassLoader loader;
    private @Nullable Map<String, List<String>> subtypes;
    /** The names of the application's own classes; filled together with {@link #subtypes}. */
    private final Set<String> own = new HashSet<>();

    /** Given the bytes of one class file. */
    private interface Visitor {
        void visit(byte[] bytes);
    }

    /** @param loader to look at superclasses that the application does not bring itself */
    ClassScan(Path classes, List<Fragment> fragments, ClassLoader loader) {
        this.classes = classes;
        this.fragments = fragments;
        this.loader = loader;
    }

    /** What the annotations of servlets, filters and listeners declare: of WEB-INF/classes first, then in the order of the fragments. */
    List<Descriptor> annotations() throws IOException, DeploymentException {
        var descriptors = new ArrayList<Descriptor>();
        var ofFolder = new Indexer();
        visitFolder(bytes -> index(ofFolder, bytes, WEB_ANNOTATIONS));
        descriptors.add(Annotations.read(ofFolder.complete(), "WEB-INF/classes"));
        for (Fragment fragment : fragments) {
            if (fragment.descriptor().metadataComplete) continue;
            var ofJar = new Indexer();
            visitJar(fragment.jar(), bytes -> index(ofJar, bytes, WEB_ANNOTATIONS));
            descriptors.add(Annotations.read(ofJar.complete(), fragment.toString()));
        }
        return descriptors;
    }

    /** The names of classes that carry {@code annotation} on themselves, on a method or on a field. */
    Set<String> annotatedWith(String annotation) throws IOException {
        var indexer = new Indexer();
        String internal = annotation.replace('.', '/');
        visitAll(bytes -> index(indexer, bytes, internal));
        Set<String> names = new LinkedHashSet<>();
        for (AnnotationInstance instance : indexer.complete().getAnnotations(DotName.createSimple(annotation))) {
            ClassInfo declaring = declaringClass(instance.target());
            if (declaring != null) names.add(declaring.name().toString());
        }
        return names;
    }

    /** The names of classes and interfaces of the application that extend or implement {@code type}, at whatever distance. */
    Set<String> subtypesOf(String type) throws IOException {
        Map<String, List<String>> known = subtypes;
        if (known == null) subtypes = known = readSubtypes();
        Set<String> names = new LinkedHashSet<>();
        Deque<String> open = new ArrayDeque<>(List.of(type));
        while (!open.isEmpty()) {
            for (String sub : known.getOrDefault(open.pop(), List.of())) {
                if (names.add(sub)) open.push(sub);
            }
        }
        names.retainAll(own);
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

    private static void index(Indexer indexer, byte[] bytes, String mentioned) {
        if (!mentions(bytes, mentioned.getBytes(StandardCharsets.US_ASCII))) return;
        try {
            indexer.index(new ByteArrayInputStream(bytes));
        } catch (IOException | RuntimeException e) {
            // What cannot be read cannot be loaded either; whoever needs the class will hear of it then.
            LOG.debug("a class that mentions {} cannot be read", mentioned, e);
        }
    }

    /** Names stand in a class file as they are: a class without these bytes has no such annotation. */
    private static boolean mentions(byte[] bytes, byte[] name) {
        int last = bytes.length - name.length;
        for (int i = 0; i <= last; i++) {
            int length = 0;
            while (length < name.length && bytes[i + length] == name[length]) length++;
            if (length == name.length) return true;
        }
        return false;
    }

    /** From each type to those that name it as superclass or interface. */
    private Map<String, List<String>> readSubtypes() throws IOException {
        Map<String, List<String>> direct = new HashMap<>();
        visitAll(bytes -> addTo(direct, own, bytes));
        addServersTypes(direct);
        return direct;
    }

    /** Adds types of the server's that lie between a type of the application and what it descends from. */
    private void addServersTypes(Map<String, List<String>> direct) throws IOException {
        Deque<String> open = new ArrayDeque<>(direct.keySet());
        Set<String> known = new HashSet<>(own);
        Set<String> seen = new HashSet<>(own);
        while (!open.isEmpty()) {
            String name = open.pop();
            if (!seen.add(name) || name.startsWith("java.")) continue;
            try (InputStream in = loader.getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (in != null) open.addAll(addTo(direct, known, in.readAllBytes()));
            }
        }
    }

    /** Returns the names of its supertypes. */
    private static List<String> addTo(Map<String, List<String>> direct, Set<String> names, byte[] bytes) {
        var supertypes = new ArrayList<String>();
        try {
            ClassModel model = ClassFile.of().parse(bytes);
            String name = model.thisClass().asInternalName().replace('/', '.');
            if (!names.add(name)) return List.of(); // a second copy, which is never loaded
            model.superclass().ifPresent(s -> supertypes.add(s.asInternalName().replace('/', '.')));
            model.interfaces().forEach(i -> supertypes.add(i.asInternalName().replace('/', '.')));
            for (String supertype : supertypes)
                direct.computeIfAbsent(supertype, s -> new ArrayList<>()).add(name);
        } catch (IllegalArgumentException e) {
            LOG.debug("a class cannot be read", e);
        }
        return supertypes;
    }

    private void visitAll(Visitor visitor) throws IOException {
        visitFolder(visitor);
        for (Fragment fragment : fragments) visitJar(fragment.jar(), visitor);
    }

    private void visitFolder(Visitor visitor) throws IOException {
        if (!Files.isDirectory(classes)) return;
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(f -> isClass(f.toString())).sorted().toList())
                visitor.visit(Files.readAllBytes(file));
        }
    }

    private static void visitJar(Path path, Visitor visitor) throws IOException {
        try (JarFile jar = new JarFile(path.toFile())) {
            Enumeration<JarEntry> entries = jar.entries();
            while (entries.hasMoreElements()) {
                JarEntry entry = entries.nextElement();
                if (!isClass(entry.getName()) || entry.getName().startsWith("META-INF/")) continue;
                try (InputStream in = jar.getInputStream(entry)) {
                    visitor.visit(in.readAllBytes());
                }
            }
        }
    }

    private static boolean isClass(String name) {
        return name.endsWith(".class") && !name.endsWith("module-info.class");
    }
}
