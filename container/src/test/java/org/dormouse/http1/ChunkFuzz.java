package org.dormouse.http1;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.dormouse.FuzzTarget;
import org.dormouse.http.BadRequest;
import org.dormouse.http.Fields;

/** A chunked body: read in one piece and in many it is the same, and not longer than what came. */
public final class ChunkFuzz implements FuzzTarget {
    @Override
    public void run(byte[] data) {
        String whole = read(data, data.length, data.length + 1);
        for (int[] steps : new int[][] {{1, 1}, {3, 2}, {data.length, 1}, {1, 100}}) {
            String parts = read(data, Math.max(1, steps[0]), steps[1]);
            if (!whole.equals(parts))
                throw new AssertionError(
                        whole + " and " + parts + ": " + new String(data, StandardCharsets.ISO_8859_1));
        }
    }

    private static String read(byte[] data, int step, int room) {
        var decoder = new ChunkedBody(Http1Limits.DEFAULT);
        byte[] target = new byte[data.length + 1];
        int content = 0;
        int at = 0;
        try {
            for (int length = Math.min(step, data.length); ; length = Math.min(length + step, data.length)) {
                while (at < length && !decoder.isDone()) {
                    content +=
                            decoder.decode(data, at, length, target, content, Math.min(room, target.length - content));
                    at += decoder.consumed();
                }
                if (decoder.isDone() || length == data.length) break;
            }
        } catch (BadRequest e) {
            return e.status() + " " + e.getMessage();
        }
        var text = new StringBuilder(decoder.isDone() ? "done " : "more ")
                .append(at)
                .append(' ');
        text.append(Arrays.hashCode(Arrays.copyOf(target, content))).append(' ').append(content);
        Fields trailers = decoder.trailers();
        for (int i = 0; i < trailers.size(); i++)
            text.append('\n').append(trailers.name(i)).append(": ").append(trailers.value(i));
        return text.toString();
    }
}
