package org.dormouse.server;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.dormouse.compression.Coding;
import org.dormouse.compression.CompressionSettings;
import org.dormouse.server.Configuration.Kind;

/** The keys {@code compression.*}. */
final class CompressionKeys {
    static final Map<String, Kind> KINDS = Map.of(
            "compression.enabled", Kind.SWITCH,
            "compression.codings", Kind.TEXT,
            "compression.types", Kind.TEXT,
            "compression.min-bytes", Kind.BYTES,
            "compression.level", Kind.COUNT,
            "compression.requests", Kind.SWITCH,
            "compression.max-request-bytes", Kind.BYTES,
            "compression.max-request-ratio", Kind.COUNT,
            "compression.max-request-codings", Kind.COUNT);

    private CompressionKeys() {}

    static CompressionSettings read(Configuration configuration) {
        var otherwise = CompressionSettings.DEFAULT;
        boolean encodes = Keys.isOn(configuration, "compression.enabled", otherwise.encodes());
        return new CompressionSettings(
                encodes,
                codings(configuration, encodes),
                words(configuration, "compression.types", otherwise.types()),
                Keys.count(configuration, "compression.min-bytes", otherwise.minBytes()),
                Keys.count(configuration, "compression.level", otherwise.level()),
                Keys.isOn(configuration, "compression.requests", otherwise.decodes()),
                Keys.number(configuration, "compression.max-request-bytes", otherwise.maxRequestBytes()),
                Keys.count(configuration, "compression.max-request-ratio", otherwise.maxRequestRatio()),
                Keys.count(configuration, "compression.max-request-codings", otherwise.maxRequestCodings()));
    }

    /** Those asked for, else those that are there; nothing is loaded to find out if nobody wants to know. */
    private static List<Coding> codings(Configuration configuration, boolean isAsked) {
        List<String> words = words(configuration, "compression.codings", List.of());
        var codings = new ArrayList<Coding>();
        for (String word : words) {
            Coding coding = Coding.find(word);
            if (coding == null)
                throw new IllegalArgumentException("compression.codings: there is no coding " + word
                        + ", expected are some of " + String.join(", ", all()));
            codings.add(coding);
        }
        if (!words.isEmpty()) return codings;
        if (!isAsked) return CompressionSettings.DEFAULT.codings();
        return Arrays.stream(Coding.values()).filter(Coding::isAvailable).toList();
    }

    private static List<String> all() {
        return Arrays.stream(Coding.values()).map(Coding::word).toList();
    }

    static List<String> words(Configuration configuration, String key, List<String> otherwise) {
        return configuration.value(key) instanceof String text
                ? Arrays.stream(text.split(",", -1))
                        .map(String::strip)
                        .filter(word -> !word.isEmpty())
                        .toList()
                : otherwise;
    }
}
