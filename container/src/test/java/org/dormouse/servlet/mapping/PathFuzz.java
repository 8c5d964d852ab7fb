package org.dormouse.servlet.mapping;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.dormouse.FuzzTarget;
import org.dormouse.http.BadRequest;

/** A path as a client sends it: canonical is canonical, also the second time, and leads nowhere above its root. */
public final class PathFuzz implements FuzzTarget {
    @Override
    public void run(byte[] data) throws BadRequest {
        String raw = "/" + new String(data, StandardCharsets.ISO_8859_1);
        String path;
        try {
            path = CanonicalPath.of(raw);
        } catch (BadRequest e) {
            return;
        }
        if (!path.startsWith("/")) throw new AssertionError(path + " of " + raw);
        List<String> segments = List.of(path.substring(1).split("/", -1));
        for (String segment : segments.subList(0, segments.size() - 1))
            if (segment.isEmpty()) throw new AssertionError("an empty segment in " + path + " of " + raw);
        if (segments.contains(".") || segments.contains("..")) throw new AssertionError(path + " of " + raw);
        String again = CanonicalPath.of(CanonicalPath.encode(path));
        if (!again.equals(path)) throw new AssertionError(again + " of the canonical " + path + " of " + raw);
    }
}
