package org.dormouse.deploy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** An application put together by a test. */
public final class TestWar {
    private final Path folder;

    public TestWar(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
    }

    public Path folder() {
        return folder;
    }

    public TestWar file(String path, String content) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
        return this;
    }

    /** @param content what stands in {@code <web-app>} */
    public TestWar webXml(String content) throws IOException {
        return file("WEB-INF/web.xml", webApp("version=\"6.1\"", content));
    }

    public static String webApp(String attributes, String content) {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<web-app xmlns=\"https://jakarta.ee/xml/ns/jakartaee\" "
                + attributes + ">\n" + content + "\n</web-app>\n";
    }

    public TestWar classes(Class<?>... types) throws IOException {
        for (Class<?> type : types) {
            Path file = folder.resolve("WEB-INF/classes").resolve(pathOf(type));
            Files.createDirectories(file.getParent());
            Files.write(file, bytesOf(type));
        }
        return this;
    }

    /** Adds a jar to WEB-INF/lib. */
    public TestWar jar(String name, Jar jar) throws IOException {
        Path file = folder.resolve("WEB-INF/lib").resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, jar.bytes());
        return this;
    }

    public Path packed(Path war) throws IOException {
        try (OutputStream out = Files.newOutputStream(war);
                var zip = new ZipOutputStream(out);
                Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                zip.putNextEntry(new ZipEntry(folder.relativize(file).toString()));
                Files.copy(file, zip);
                zip.closeEntry();
            }
        }
        return war;
    }

    public static String pathOf(Class<?> type) {
        return type.getName().replace('.', '/') + ".class";
    }

    public static byte[] bytesOf(Class<?> type) throws IOException {
        try (InputStream in = type.getClassLoader().getResourceAsStream(pathOf(type))) {
            return in.readAllBytes();
        }
    }

    /** A jar, or any other zip. */
    public static final class Jar {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final ZipOutputStream zip = new ZipOutputStream(out);

        public Jar file(String name, String content) throws IOException {
            return file(name, content.getBytes(StandardCharsets.UTF_8));
        }

        public Jar file(String name, byte[] content) throws IOException {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(content);
            zip.closeEntry();
            return this;
        }

        /** @param content what stands in {@code <web-fragment>} */
        public Jar fragment(String content) throws IOException {
            return file(
                    "META-INF/web-fragment.xml",
                    "<web-fragment xmlns=\"https://jakarta.ee/xml/ns/jakartaee\" version=\"6.1\">" + content
                            + "</web-fragment>");
        }

        public Jar classes(Class<?>... types) throws IOException {
            for (Class<?> type : types) file(pathOf(type), bytesOf(type));
            return this;
        }

        public byte[] bytes() throws IOException {
            zip.close();
            return out.toByteArray();
        }
    }
}
