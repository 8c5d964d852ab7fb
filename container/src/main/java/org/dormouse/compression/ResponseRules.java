package org.dormouse.compression;

import org.dormouse.http.Fields;
import org.dormouse.http.Headers;

/** Which responses are coded, and what becomes of their fields. Pure. */
final class ResponseRules {
    private ResponseRules() {}

    /**
     * Whether a client might get the response in a coding, so that it depends on Accept-Encoding: not without content, not a part, not what
     * has a coding or a digest already, not what must not be touched, only types that are worth it.
     *
     * @param contentLength in bytes; -1 if only the end will tell
     */
    static boolean isEligible(CompressionSettings settings, int status, Fields fields, long contentLength) {
        if (status < 200 || status == 204 || status == 205 || status == 206 || status == 304) return false;
        if (contentLength >= 0 && contentLength < settings.minBytes()) return false;
        String type = fields.first("Content-Type");
        return type != null
                && settings.isWorthIt(type)
                && !fields.has("Content-Encoding")
                && !fields.has("Content-Range")
                && !fields.has("Content-Digest")
                && !fields.has("Repr-Digest")
                && !fields.has("Digest")
                && !fields.has("Content-MD5")
                && !isNotToBeTransformed(fields);
    }

    private static boolean isNotToBeTransformed(Fields fields) {
        for (int i = fields.find("Cache-Control", 0); i >= 0; i = fields.find("Cache-Control", i + 1)) {
            for (String directive : fields.value(i).split(",", -1)) {
                if (directive.strip().equalsIgnoreCase("no-transform")) return true;
            }
        }
        return false;
    }

    /** A copy that says that the response depends on Accept-Encoding. */
    static Headers varying(Fields fields) {
        var copy = new Headers();
        for (int i = 0; i < fields.size(); i++) copy.add(fields.name(i), fields.value(i));
        if (!varies(fields)) copy.add("Vary", "Accept-Encoding");
        return copy;
    }

    private static boolean varies(Fields fields) {
        for (int i = fields.find("Vary", 0); i >= 0; i = fields.find("Vary", i + 1)) {
            for (String name : fields.value(i).split(",", -1)) {
                String word = name.strip();
                if (word.equals("*") || word.equalsIgnoreCase("Accept-Encoding")) return true;
            }
        }
        return false;
    }

    /**
     * Makes the fields those of a response in {@code coding}. Its entity tag becomes weak: the bytes are others than those it was made for, but
     * mean the same, and an application that compares it with If-None-Match finds it again (RFC 9110 §8.8.3.3). Parts of it cannot be had.
     */
    static void code(Headers fields, Coding coding) {
        fields.set("Content-Encoding", coding.word());
        fields.remove("Accept-Ranges");
        String tag = fields.first("ETag");
        if (tag != null && tag.startsWith("\"")) fields.set("ETag", "W/" + tag);
    }

    /**
     * Makes the entity tag of a 304 the one that the client has: it would not know its copy by the strong one (RFC 9111 §4.3.4).
     *
     * @return null if there is nothing to change
     */
    static @org.jspecify.annotations.Nullable Headers notModified(Fields request, Fields fields) {
        String tag = fields.first("ETag");
        if (tag == null || !tag.startsWith("\"")) return null;
        for (int i = request.find("If-None-Match", 0); i >= 0; i = request.find("If-None-Match", i + 1)) {
            if (!request.value(i).contains("W/" + tag)) continue;
            Headers changed = varying(fields);
            changed.set("ETag", "W/" + tag);
            return changed;
        }
        return null;
    }
}
