package org.dormouse.websocket;

import jakarta.websocket.DeploymentException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The path of an endpoint below the context path: a URI, or a template of level 1 whose variables are whole segments
 * ({@code /rooms/{room}}; Jakarta WebSocket 2.2 §4.1.1). Immutable; compares in order of precedence.
 */
final class PathTemplate implements Comparable<PathTemplate> {
    private record Segment(String text, boolean isVariable) {}

    private final String path;
    private final List<Segment> segments;

    private PathTemplate(String path, List<Segment> segments) {
        this.path = path;
        this.segments = List.copyOf(segments);
    }

    /**
     * Takes a path apart.
     *
     * @throws DeploymentException if {@code path} does not start with a slash, has an empty segment before its end or one of dots, which no
     *     normalized URI has, or a variable is no whole segment, unnamed or there twice
     */
    static PathTemplate of(@Nullable String path) throws DeploymentException {
        if (path == null || !path.startsWith("/"))
            throw new DeploymentException("path \"" + path + "\" of an endpoint does not start with a slash");
        List<Segment> segments = new ArrayList<>();
        Set<String> variables = new HashSet<>();
        String[] texts = path.substring(1).split("/", -1);
        for (int i = 0; i < texts.length; i++) {
            String text = texts[i];
            if (text.equals(".") || text.equals("..") || (text.isEmpty() && i < texts.length - 1)) {
                throw new DeploymentException(
                        "segment \"" + text + "\" in the path \"" + path + "\": no normalized URI has one like that");
            }
            boolean variable = text.startsWith("{") && text.endsWith("}") && text.length() > 2;
            String name = variable ? text.substring(1, text.length() - 1) : text;
            if (name.contains("{") || name.contains("}")) {
                throw new DeploymentException(
                        "segment \"" + text + "\" in the path \"" + path + "\": a variable is a whole segment");
            }
            if (variable && !variables.add(name)) {
                throw new DeploymentException("variable \"" + name + "\" is there twice in the path \"" + path + "\"");
            }
            segments.add(new Segment(name, variable));
        }
        return new PathTemplate(path, segments);
    }

    /** The values of the variables if {@code requested}, decoded and below the context path, is an instance of this; else null. */
    @Nullable
    Map<String, String> match(String requested) {
        if (!requested.startsWith("/")) return null;
        String[] given = requested.substring(1).split("/", -1);
        if (given.length != segments.size()) return null;
        Map<String, String> values = null;
        for (int i = 0; i < given.length; i++) {
            Segment segment = segments.get(i);
            if (!segment.isVariable()) {
                if (!segment.text().equals(given[i])) return null;
            } else {
                if (given[i].isEmpty())
                    return null; // an expansion is not empty, or /rooms/ would be an instance of /rooms/{room}
                if (values == null) values = new LinkedHashMap<>();
                values.put(segment.text(), given[i]);
            }
        }
        return inOrder(values);
    }

    /** In the order of the template, and small where there is one. */
    private static Map<String, String> inOrder(@Nullable Map<String, String> values) {
        if (values == null) return Map.of();
        return values.size() == 1 ? Map.copyOf(values) : Collections.unmodifiableMap(values);
    }

    /** Whether no request could tell the two apart: two of the same application may not be deployed. */
    boolean isEquivalentTo(PathTemplate other) {
        return compareTo(other) == 0;
    }

    /**
     * Templates that come first are asked first: segment by segment from the left, what is literal goes before a variable. So an exact path
     * goes before every template that matches it too.
     */
    @Override
    public int compareTo(PathTemplate other) {
        int bySize = Integer.compare(segments.size(), other.segments.size());
        if (bySize != 0) return bySize;
        for (int i = 0; i < segments.size(); i++) {
            Segment mine = segments.get(i);
            Segment theirs = other.segments.get(i);
            if (mine.isVariable() != theirs.isVariable()) return mine.isVariable() ? 1 : -1;
            int byText = mine.isVariable() ? 0 : mine.text().compareTo(theirs.text());
            if (byText != 0) return byText;
        }
        return 0;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PathTemplate template && isEquivalentTo(template);
    }

    @Override
    public int hashCode() {
        return segments.size();
    }

    @Override
    public String toString() {
        return path;
    }
}
