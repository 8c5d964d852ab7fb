package org.dormouse.servlet.multipart;

import jakarta.servlet.MultipartConfigElement;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Puts the content of parts where it belongs: fields and small files into memory, larger files into the temporary folder. */
final class Spool {
    private final Path location;
    private final long maxFileBytes;
    private final int thresholdBytes;
    private final int maxFieldBytes;
    private long fieldBytes;

    Spool(Path location, MultipartConfigElement config, MultipartLimits limits) {
        this.location = location;
        this.maxFileBytes = config.getMaxFileSize() < 0 ? Long.MAX_VALUE : config.getMaxFileSize();
        // Memory is the server's to give: the threshold of a servlet counts up to what fields may take.
        this.thresholdBytes = Math.min(Math.max(0, config.getFileSizeThreshold()), limits.maxFieldBytes());
        this.maxFieldBytes = limits.maxFieldBytes();
    }

    Path location() {
        return location;
    }

    void receive(PartSource source, FormPart part) throws IOException {
        try (var content = new Content(part)) {
            source.transfer(content);
        }
    }

    /** Where the bytes of one part go. */
    private final class Content extends OutputStream {
        private final FormPart part;
        private final boolean isFile;
        private @Nullable ByteArrayOutputStream memory = new ByteArrayOutputStream();
        private @Nullable OutputStream file;
        private long length;

        Content(FormPart part) {
            this.part = part;
            this.isFile = part.getSubmittedFileName() != null;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int count) throws IOException {
            length += count;
            checkLimits(count);
            if (file == null && isFile && length > thresholdBytes) moveToFile();
            if (file != null) file.write(bytes, offset, count);
            else if (memory != null) memory.write(bytes, offset, count);
        }

        private void checkLimits(int count) {
            if (length > maxFileBytes) {
                throw MultipartForm.tooLarge("part " + part.getName() + " exceeds the maximum size " + maxFileBytes
                        + " (max-file-size of the servlet)");
            }
            if (isFile) return;
            fieldBytes += count;
            if (fieldBytes > maxFieldBytes) {
                throw MultipartForm.tooLarge("the parts without a file name exceed the maximum size " + maxFieldBytes
                        + " (multipart.max-field-bytes)");
            }
        }

        private void moveToFile() throws IOException {
            Path path = Files.createTempFile(location, "part-", ".tmp"); // readable by its owner only
            part.isIn(path);
            file = Files.newOutputStream(path);
            if (memory != null) memory.writeTo(file);
            memory = null;
        }

        @Override
        public void close() throws IOException {
            if (file != null) file.close();
            part.received(memory == null ? null : memory.toByteArray(), length);
        }
    }
}
