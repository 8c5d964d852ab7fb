package org.dormouse.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Enumeration;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Unpacks a WAR. Trusts neither the names nor the sizes in it. */
final class WarFile {
    private WarFile() {}

    /**
     * Unpacks {@code war} into {@code target}, a directory that exists and is empty.
     *
     * @throws DeploymentException if the file is damaged, names something outside of the target or a name twice, or breaks a limit
     * @throws IOException if the target cannot be written
     */
    static void unpack(Path war, Path target, UnpackLimits limits) throws DeploymentException, IOException {
        try (ZipFile zip = open(war)) {
            if (zip.size() > limits.maxEntries()) {
                throw new DeploymentException(
                        war + ": " + zip.size() + " entries, limit deploy.max-entries " + limits.maxEntries());
            }
            long left = limits.maxBytes();
            Enumeration<? extends ZipEntry> entries = zip.entries();
            while (entries.hasMoreElements()) {
                ZipEntry entry = entries.nextElement();
                Path file = inside(war, target, entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                    continue;
                }
                Path folder = file.getParent();
                if (folder != null) Files.createDirectories(folder);
                left -= copy(war, zip, entry, file, left, limits);
            }
        }
    }

    private static ZipFile open(Path war) throws DeploymentException {
        try {
            return new ZipFile(war.toFile());
        } catch (IOException e) {
            throw new DeploymentException(war + " is not a WAR, or damaged: " + e.getMessage(), e);
        }
    }

    /** Where {@code name} belongs; a name that leads elsewhere, or means different things to different readers, is refused. */
    static Path inside(Path war, Path target, String name) throws DeploymentException {
        boolean bad = name.isEmpty() || name.startsWith("/") || name.indexOf('\\') >= 0 || name.indexOf('\0') >= 0;
        String path = name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
        for (String segment : path.split("/", -1))
            bad |= segment.isEmpty() || segment.equals(".") || segment.equals("..");
        Path file = bad ? target : target.resolve(name).normalize();
        if (bad || !file.startsWith(target) || file.equals(target)) {
            throw new DeploymentException(war + ": entry with the bad name \"" + printable(name) + "\"");
        }
        return file;
    }

    private static String printable(String name) {
        String text = name.replaceAll("\\p{Cntrl}", "?");
        return text.length() > 200 ? text.substring(0, 200) : text;
    }

    private static long copy(Path war, ZipFile zip, ZipEntry entry, Path file, long left, UnpackLimits limits)
            throws DeploymentException, IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new DeploymentException(war + ": entry " + printable(entry.getName()) + " is there twice");
        }
        long copied = 0;
        byte[] buffer = new byte[16 * 1024];
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
            try (InputStream in = zip.getInputStream(entry)) {
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    copied += n;
                    if (copied > left) {
                        throw new DeploymentException(war + ": more than " + limits.maxBytes()
                                + " bytes unpacked, limit deploy.max-unpacked-bytes");
                    }
                    out.write(buffer, 0, n);
                }
            } catch (IOException e) {
                throw new DeploymentException(
                        war + ": entry " + printable(entry.getName()) + " cannot be read: " + e.getMessage(), e);
            }
        }
        return copied;
    }
}
