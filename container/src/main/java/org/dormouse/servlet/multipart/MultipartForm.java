package org.dormouse.servlet.multipart;

import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.dormouse.http.BadRequest;

/**
 * The parts of one multipart/form-data body. One thread at a time. Closing it deletes the temporary files of parts that the application
 * did not write somewhere else.
 */
public final class MultipartForm implements AutoCloseable {
    private final List<FormPart> parts = new ArrayList<>();

    private MultipartForm() {}

    /**
     * Reads a body to its end.
     *
     * @param contentType the field with the boundary
     * @param config what the servlet allows; relative locations are below {@code temporary}
     * @param temporary an existing folder
     * @throws BadRequest 400 if the body is not well-formed
     * @throws IllegalStateException if the body is larger than a limit, as {@code getParts()} is to tell it (Servlet 6.1 §3.2); its cause is
     *     a {@link BadRequest} 413
     * @throws IOException if the peer left, or a temporary file cannot be written
     */
    public static MultipartForm read(
            InputStream body, String contentType, MultipartConfigElement config, MultipartLimits limits, Path temporary)
            throws IOException {
        Path location = temporary.resolve(config.getLocation());
        if (!Files.isDirectory(location)) throw new IOException("multipart location " + location + " is no folder");
        var form = new MultipartForm();
        try {
            var source = new PartSource(body, PartHead.boundary(contentType), maxRequestBytes(config, limits));
            form.readParts(source, new Spool(location, config, limits), limits);
            return form;
        } catch (IOException | RuntimeException | Error e) {
            form.closeAfter(e);
            throw e;
        }
    }

    private static long maxRequestBytes(MultipartConfigElement config, MultipartLimits limits) {
        long ofServlet = config.getMaxRequestSize();
        return ofServlet < 0 ? limits.maxRequestBytes() : ofServlet;
    }

    private void readParts(PartSource source, Spool spool, MultipartLimits limits) throws IOException {
        while (source.nextPart()) {
            if (parts.size() == limits.maxParts()) {
                throw tooLarge(
                        "the number of parts exceeds the maximum size " + limits.maxParts() + " (multipart.max-parts)");
            }
            PartHead head = PartHead.read(source, limits.maxPartHeadBytes());
            var part = new FormPart(head, spool.location());
            parts.add(part); // before its content: a file begun is deleted with the others
            spool.receive(source, part);
        }
        source.drain();
    }

    /** Says "exceed" and "size", by which frameworks tell these errors from others. */
    static IllegalStateException tooLarge(String message) {
        return new IllegalStateException(message, new BadRequest(413, message));
    }

    /** In the order of the body; read-only. */
    public List<Part> parts() {
        return Collections.unmodifiableList(parts);
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (FormPart part : parts) {
            try {
                part.delete();
            } catch (IOException e) {
                if (failure == null) failure = e;
                else failure.addSuppressed(e);
            }
        }
        if (failure != null) throw failure;
    }

    private void closeAfter(Throwable failure) {
        try {
            close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }
}
