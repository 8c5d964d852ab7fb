package org.dormouse.servlet.multipart;

import jakarta.servlet.http.Part;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.dormouse.http.Headers;
import org.jspecify.annotations.Nullable;

/** One part, with its content in memory or in a file. One thread at a time. */
final class FormPart implements Part {
    private final PartHead head;
    private final Path location;
    private byte @Nullable [] memory;
    private @Nullable Path file;
    /** Whether the file is a temporary one of ours, and not one that the application asked for. */
    private boolean temporary;

    private long size;

    FormPart(PartHead head, Path location) {
        this.head = head;
        this.location = location;
    }

    /** The content goes into {@code path}, a temporary file. */
    void isIn(Path path) {
        file = path;
        temporary = true;
    }

    /** @param content null if it is in the file */
    void received(byte @Nullable [] content, long bytes) {
        memory = content;
        size = bytes;
    }

    @Override
    public InputStream getInputStream() throws IOException {
        if (memory != null) return new ByteArrayInputStream(memory);
        if (file != null) return Files.newInputStream(file);
        throw new IOException("part " + getName() + " was deleted");
    }

    @Override
    public @Nullable String getContentType() {
        return getHeader("Content-Type");
    }

    @Override
    public String getName() {
        return head.name();
    }

    @Override
    public @Nullable String getSubmittedFileName() {
        return head.fileName();
    }

    @Override
    public long getSize() {
        return size;
    }

    /**
     * Writes the content below the location of the multipart configuration; a file that is there is replaced. A temporary file is moved, not
     * copied.
     */
    @Override
    public void write(String fileName) throws IOException {
        Path target = location.resolve(fileName).normalize();
        // An absolute path is the application's own; a relative one may come from the client.
        if (!Path.of(fileName).isAbsolute()
                && (!target.startsWith(location.normalize()) || target.equals(location.normalize()))) {
            throw new IOException("part " + getName() + ": the name \"" + fileName + "\" leads out of " + location);
        }
        if (memory != null) {
            Files.write(target, memory);
        } else if (file != null && temporary) {
            Files.move(file, target, StandardCopyOption.REPLACE_EXISTING);
            file = target;
            temporary = false;
        } else if (file != null) {
            if (!Files.exists(target) || !Files.isSameFile(file, target)) {
                Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
            }
        } else {
            throw new IOException("part " + getName() + " was deleted");
        }
    }

    @Override
    public void delete() throws IOException {
        memory = null;
        if (temporary && file != null) Files.deleteIfExists(file);
        file = null;
        temporary = false;
    }

    @Override
    public @Nullable String getHeader(String name) {
        return head.fields().first(name);
    }

    @Override
    public Collection<String> getHeaders(String name) {
        Headers fields = head.fields();
        List<String> values = new ArrayList<>();
        for (int i = fields.find(name, 0); i >= 0; i = fields.find(name, i + 1)) values.add(fields.value(i));
        return values;
    }

    @Override
    public Collection<String> getHeaderNames() {
        Set<String> seen = new LinkedHashSet<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < head.fields().size(); i++) {
            String name = head.fields().name(i);
            if (seen.add(name.toLowerCase(Locale.ROOT))) names.add(name);
        }
        return names;
    }
}
