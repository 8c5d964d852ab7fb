package org.dormouse.tls;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads small files whole, and says who else can read those that hold secrets. */
final class SecretFiles {
    private static final Logger LOG = LoggerFactory.getLogger("org.dormouse.tls");

    /** A file of certificates or keys; the bundle of all public authorities has a quarter of it. */
    static final int MAX_BYTES = 1 << 20;

    private static final Set<PosixFilePermission> OF_OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_EXECUTE);

    private SecretFiles() {}

    /** The whole file, at most {@code maxBytes}. */
    static byte[] read(Path file, int maxBytes) throws BadKeyMaterial {
        try (var input = Files.newInputStream(file)) {
            byte[] bytes = input.readNBytes(maxBytes + 1);
            if (bytes.length > maxBytes) throw new BadKeyMaterial("it has more than " + maxBytes + " bytes");
            return bytes;
        } catch (NoSuchFileException e) {
            throw new BadKeyMaterial("there is no such file", e);
        } catch (AccessDeniedException e) {
            throw new BadKeyMaterial("this process may not read it", e);
        } catch (IOException e) {
            throw new BadKeyMaterial("it cannot be read: " + e.getMessage(), e);
        }
    }

    static String readText(Path file) throws BadKeyMaterial {
        byte[] bytes = read(file, MAX_BYTES);
        // PEM is ASCII, what stands between its blocks may be anything.
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** The first line of a file in UTF-8, without its end. */
    static char[] readPassword(Path file) throws BadKeyMaterial {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(java.nio.ByteBuffer.wrap(read(file, 64 * 1024)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new BadKeyMaterial("it is not UTF-8", e);
        }
        String line = text.lines().findFirst().orElse("");
        if (line.isEmpty()) throw new BadKeyMaterial("its first line is empty");
        warnIfOpen(file, "a password");
        return line.toCharArray();
    }

    /** One line at WARN if somebody but the owner and a reading group can get at it. */
    static void warnIfOpen(Path file, String secret) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (permissions.stream().noneMatch(OF_OTHERS::contains)) return;
            LOG.warn(
                    "{} has {} and permissions {}: others can get at it, chmod 640 or 600 is right",
                    file,
                    secret,
                    PosixFilePermissions.toString(permissions));
        } catch (IOException | UnsupportedOperationException e) {
            LOG.debug("permissions of {} are not known: {}", file, String.valueOf(e));
        }
    }
}
