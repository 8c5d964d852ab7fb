package org.dormouse.servlet.multipart;

import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.http.Part;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.dormouse.FuzzTarget;
import org.dormouse.http.BadRequest;

/** A multipart body behind its Content-Type, each up to the first line end and behind it: read in pieces of any size it is the same. */
public final class MultipartFuzz implements FuzzTarget {
    private static final Path TEMPORARY = Path.of(System.getProperty("java.io.tmpdir"));
    private static final MultipartLimits LIMITS = new MultipartLimits(5, 512, 1000, 10_000);

    /** All in memory: files are another matter. */
    private static final MultipartConfigElement CONFIG = new MultipartConfigElement("", 1000, 10_000, 1000);

    @Override
    public void run(byte[] data) throws IOException {
        int lineEnd = 0;
        while (lineEnd < data.length && data[lineEnd] != '\n') lineEnd++;
        String type = new String(data, 0, lineEnd, StandardCharsets.ISO_8859_1);
        byte[] body = lineEnd < data.length ? Arrays.copyOfRange(data, lineEnd + 1, data.length) : new byte[0];
        String whole = read(type, body, Integer.MAX_VALUE);
        for (int step : new int[] {1, 3}) {
            String parts = read(type, body, step);
            if (!parts.equals(whole))
                throw new AssertionError(
                        whole + " and " + parts + " of " + new String(data, StandardCharsets.ISO_8859_1));
        }
    }

    private static String read(String type, byte[] body, int step) throws IOException {
        var in = new ByteArrayInputStream(body) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, step));
            }
        };
        try (var form = MultipartForm.read(in, type, CONFIG, LIMITS, TEMPORARY)) {
            var text = new StringBuilder();
            for (Part part : form.parts()) {
                text.append(part.getName())
                        .append(' ')
                        .append(part.getSubmittedFileName())
                        .append(part.getHeaderNames());
                text.append(Arrays.hashCode(part.getInputStream().readAllBytes()))
                        .append('\n');
            }
            return text.toString();
        } catch (BadRequest e) {
            return "400 " + String.valueOf(e.getMessage()).replaceAll("after [0-9]+ bytes", "");
        } catch (IllegalStateException e) {
            if (!(e.getCause() instanceof BadRequest)) throw e;
            return "413";
        }
    }
}
