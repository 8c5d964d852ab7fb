package org.dormouse.compression;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Objects;
import java.util.zip.Inflater;
import org.dormouse.http.CoderPool;
import org.jspecify.annotations.Nullable;

/** The content codings there are, in the order in which a server would choose. */
public enum Coding {
    /** RFC 8878; needs {@code com.github.luben:zstd-jni}. */
    ZSTANDARD("zstd"),
    /** RFC 7932; needs {@code com.aayushatharva.brotli4j:brotli4j} and its library for the platform. */
    BROTLI("br"),
    /** RFC 1952; of the JDK. */
    GZIP("gzip");

    private final String word;

    Coding(String word) {
        this.word = word;
    }

    /** As it stands in fields. */
    public String word() {
        return word;
    }

    /** Whether its library is on the class path and works here. */
    public boolean isAvailable() {
        return switch (this) {
            case GZIP -> true;
            case BROTLI -> Probe.BROTLI;
            case ZSTANDARD -> Probe.ZSTANDARD;
        };
    }

    /** The one called {@code word} in a field, in any case; null if there is none. */
    public static @Nullable Coding find(String word) {
        String name = word.toLowerCase(Locale.ROOT);
        if (name.equals("x-gzip")) return GZIP; // RFC 9110 §8.4.1.3
        for (Coding coding : values()) if (coding.word.equals(name)) return coding;
        return null;
    }

    /** Asked once, when somebody wants to know. */
    private static final class Probe {
        static final boolean BROTLI = isThere("com.aayushatharva.brotli4j.Brotli4jLoader") && BrotliCoder.isAvailable();
        static final boolean ZSTANDARD = isThere("com.github.luben.zstd.ZstdOutputStreamNoFinalizer");
    }

    private static boolean isThere(String library) {
        try {
            Class.forName(library); // its initialisation loads what is native
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    /** Codes what is written into it; closing it ends the body and gives back what it holds. Flushing leaves nothing in it. */
    OutputStream encoder(CodedBytes target, Compression compression) throws IOException {
        return switch (this) {
            case GZIP -> new GzipStream(target, compression.deflaters);
            case BROTLI -> BrotliCoder.encoder(target, compression.settings.level());
            case ZSTANDARD -> new ZstandardStream(target, Objects.requireNonNull(compression.zstandards));
        };
    }

    Decoder decoder(CoderPool<Inflater> inflaters) throws IOException {
        return switch (this) {
            case GZIP -> new GzipDecoder(inflaters);
            case BROTLI -> BrotliCoder.decoder();
            case ZSTANDARD -> ZstandardCoder.decoder();
        };
    }
}
