package org.dormouse.content;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;
import org.dormouse.http.HttpDates;
import org.dormouse.servlet.Resources;
import org.dormouse.servlet.Resources.Resource;
import org.dormouse.servlet.StaticSettings;
import org.jspecify.annotations.Nullable;

/**
 * Reads what is to be known of files. Entity tags are strong where they stand for the bytes: of small files they are a digest, of large ones in
 * jars the checksum, of other large ones weak, made of length and time (RFC 9110 §8.8.3). Any thread; may wait for a disk.
 */
final class FileReader {
    private static final int TRIES = 3;
    private static final int DIGEST_BYTES = 16;
    /** Within this time after a change another one might not show in the file's time. */
    private static final long GRAIN_MILLIS = 2_000;

    private final Resources resources;
    private final StaticSettings settings;
    private final UnaryOperator<@Nullable String> mediaTypes;
    private final Clock clock;

    /** @param mediaTypes the type of a file by its path, or null */
    FileReader(Resources resources, StaticSettings settings, UnaryOperator<@Nullable String> mediaTypes, Clock clock) {
        this.resources = resources;
        this.settings = settings;
        this.mediaTypes = mediaTypes;
        this.clock = clock;
    }

    /** Null if {@code found} is nothing, a directory, or cannot be read. */
    @Nullable
    StaticFile read(@Nullable Resource found, String path) {
        Resource file = found;
        for (int i = 0; i < TRIES && file != null && !file.isDirectory(); i++) {
            try {
                StaticFile read = readOnce(file, path);
                if (read != null) return read;
            } catch (IOException e) {
                return null; // not there any more, or not for us
            }
            file = resources.find(path); // it was written meanwhile
        }
        return null;
    }

    private @Nullable StaticFile readOnce(Resource file, String path) throws IOException {
        long modified = file.lastModified();
        var facts = new StaticFile.Facts(
                path,
                file,
                modified > 0 ? HttpDates.format(modified) : null,
                contentType(path),
                cacheControl(path),
                file.isImmutable() || clock.millis() - modified > GRAIN_MILLIS);
        byte[] bytes = null;
        if (file.length() <= settings.maxCachedFile()) {
            bytes = bytes(file);
            if (bytes == null) return null;
        }
        String tag = bytes == null ? tagOfLarge(file) : digest(bytes);
        String etag = (bytes == null && !file.isImmutable() ? "W/" : "") + '"' + tag + '"';
        List<StaticFile> variants = variants(facts, bytes, tag);
        return new StaticFile(facts, null, bytes, etag, variants);
    }

    private static String tagOfLarge(Resource file) {
        String tag = Long.toHexString(file.length()) + "-" + Long.toHexString(file.lastModified());
        return file.isImmutable() ? tag + "-" + file.identity() : tag;
    }

    private @Nullable String contentType(String path) {
        String type = mediaTypes.apply(path);
        String charset = settings.textCharset();
        return type != null && charset != null && type.startsWith("text/") && type.indexOf(';') < 0
                ? type + ";charset=" + charset
                : type;
    }

    private @Nullable String cacheControl(String path) {
        for (var rule : settings.cacheControl()) if (rule.matches(path)) return rule.value();
        return null;
    }

    /** The whole file; null if it has become shorter. What it has grown by is left for the next time. */
    private static byte @Nullable [] bytes(Resource file) throws IOException {
        int length = (int) file.length();
        try (InputStream in = file.open()) {
            byte[] bytes = in.readNBytes(length);
            return bytes.length == length ? bytes : null;
        }
    }

    private static String digest(byte[] bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, DIGEST_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e); // every Java platform has it
        }
    }

    /** What lies beside the file, and for codings without that, what is made of a file in memory. */
    private List<StaticFile> variants(StaticFile.Facts facts, byte @Nullable [] bytes, String tag) throws IOException {
        List<StaticFile> variants = new ArrayList<>();
        for (String coding : settings.precompressed()) {
            StaticFile beside = beside(facts, coding);
            if (beside != null) variants.add(beside);
        }
        if (bytes == null || isNotToBeTransformed(facts.cacheControl())) return List.copyOf(variants);
        for (String coding : settings.coder().codings()) {
            if (variants.stream().anyMatch(each -> coding.equals(each.coding))) continue;
            byte[] coded = settings.coder().encode(coding, facts.contentType(), bytes);
            if (coded == null) continue;
            variants.add(new StaticFile(facts, coding, coded, '"' + tag + "-" + coding + '"', List.of()));
        }
        return List.copyOf(variants);
    }

    /** As of every other response, for which who codes it looks at the field. */
    private static boolean isNotToBeTransformed(@Nullable String cacheControl) {
        if (cacheControl == null) return false;
        for (String directive : cacheControl.split(",", -1))
            if (directive.strip().equalsIgnoreCase("no-transform")) return true;
        return false;
    }

    private @Nullable StaticFile beside(StaticFile.Facts facts, String coding) throws IOException {
        String path = facts.path() + extension(coding);
        Resource file = resources.find(path);
        // One that is older is of an earlier state of the file.
        if (file == null
                || file.isDirectory()
                || file.lastModified() < facts.resource().lastModified()) return null;
        StaticFile read = readAlone(file, facts, coding);
        return read;
    }

    private @Nullable StaticFile readAlone(Resource file, StaticFile.Facts main, String coding) throws IOException {
        byte[] bytes = null;
        if (file.length() <= settings.maxCachedFile()) {
            bytes = bytes(file);
            if (bytes == null) return null;
        }
        String tag = (bytes == null ? tagOfLarge(file) : digest(bytes)) + "-" + coding;
        String etag = (bytes == null && !file.isImmutable() ? "W/" : "") + '"' + tag + '"';
        var facts = new StaticFile.Facts(
                main.path() + extension(coding),
                file,
                HttpDates.format(file.lastModified()),
                main.contentType(),
                main.cacheControl(),
                main.isSettled());
        return new StaticFile(facts, coding, bytes, etag, List.of());
    }

    private static String extension(String coding) {
        return switch (coding) {
            case "gzip" -> ".gz";
            case "zstd" -> ".zst";
            default -> "." + coding;
        };
    }

    /** Whether {@code file} and what lies beside it are as they were read. */
    boolean isUnchanged(StaticFile file) {
        if (!file.isStill(resources.find(file.path))) return false;
        for (String coding : settings.precompressed()) {
            Resource beside = resources.find(file.path + extension(coding));
            StaticFile known = null;
            for (StaticFile each : file.variants) if (isBeside(each, file, coding)) known = each;
            boolean isSame = known == null
                    ? beside == null || beside.isDirectory() || beside.lastModified() < file.lastModified
                    : known.isStill(beside);
            if (!isSame) return false;
        }
        return true;
    }

    private static boolean isBeside(StaticFile variant, StaticFile file, String coding) {
        return coding.equals(variant.coding) && !variant.path.equals(file.path);
    }
}
