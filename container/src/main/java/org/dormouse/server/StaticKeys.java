package org.dormouse.server;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dormouse.compression.Coding;
import org.dormouse.http.BodyCoder;
import org.dormouse.server.Configuration.Kind;
import org.dormouse.servlet.StaticSettings;
import org.dormouse.servlet.StaticSettings.CacheControl;
import org.jspecify.annotations.Nullable;

/** The keys {@code static.*}. */
final class StaticKeys {
    static final Map<String, Kind> KINDS = Map.ofEntries(
            Map.entry("static.cache-bytes", Kind.BYTES),
            Map.entry("static.cache-entries", Kind.COUNT),
            Map.entry("static.max-cached-file", Kind.BYTES),
            Map.entry("static.check-interval", Kind.DURATION),
            Map.entry("static.max-ranges", Kind.COUNT),
            Map.entry("static.listing", Kind.SWITCH),
            Map.entry("static.max-listed", Kind.COUNT),
            Map.entry("static.follow-links", Kind.SWITCH),
            Map.entry("static.precompressed", Kind.TEXT),
            Map.entry("static.cache-control", Kind.TEXT),
            Map.entry("static.text-charset", Kind.TEXT));

    private StaticKeys() {}

    static StaticSettings read(Configuration configuration, BodyCoder coder) {
        var otherwise = StaticSettings.DEFAULT;
        return new StaticSettings(
                Keys.count(configuration, "static.cache-bytes", otherwise.cacheBytes()),
                Keys.count(configuration, "static.cache-entries", otherwise.cacheEntries()),
                Keys.count(configuration, "static.max-cached-file", otherwise.maxCachedFile()),
                Keys.duration(configuration, "static.check-interval", otherwise.checkInterval()),
                Keys.count(configuration, "static.max-ranges", otherwise.maxRanges()),
                Keys.isOn(configuration, "static.listing", otherwise.listing()),
                Keys.count(configuration, "static.max-listed", otherwise.maxListed()),
                Keys.isOn(configuration, "static.follow-links", otherwise.followLinks()),
                precompressed(configuration),
                cacheControl(configuration),
                textCharset(configuration),
                coder);
    }

    /** No library is needed for these: somebody else has made the files. */
    private static List<String> precompressed(Configuration configuration) {
        var codings = new ArrayList<String>();
        for (String word : CompressionKeys.words(configuration, "static.precompressed", List.of())) {
            Coding coding = Coding.find(word);
            if (coding == null)
                throw new IllegalArgumentException(
                        "static.precompressed: there is no coding " + word + ", expected are some of zstd, br, gzip");
            codings.add(coding.word());
        }
        return codings;
    }

    private static List<CacheControl> cacheControl(Configuration configuration) {
        var rules = new ArrayList<CacheControl>();
        if (!(configuration.value("static.cache-control") instanceof String text)) return rules;
        for (String part : text.split(";", -1)) {
            String rule = part.strip();
            if (rule.isEmpty()) continue;
            int space = rule.indexOf(' ');
            if (space < 0)
                throw new IllegalArgumentException(
                        "static.cache-control: \"" + rule + "\" is no pattern, a space and a value");
            rules.add(new CacheControl(
                    rule.substring(0, space), rule.substring(space).strip()));
        }
        return rules;
    }

    private static @Nullable String textCharset(Configuration configuration) {
        if (!(configuration.value("static.text-charset") instanceof String charset) || charset.isEmpty()) return null;
        try {
            return Charset.forName(charset).name();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("static.text-charset: there is no charset " + charset, e);
        }
    }
}
