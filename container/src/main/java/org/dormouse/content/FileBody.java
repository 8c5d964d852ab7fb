package org.dormouse.content;

import jakarta.servlet.http.HttpServletResponse;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.dormouse.poller.file.OpenFile;
import org.dormouse.servlet.DormouseResponse;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one file for one response, opened before its head is sent: from memory, moved by the kernel, or copied. A file that has become
 * shorter ends the response with an exception, and so its connection: nobody takes what was sent for the whole. One thread.
 */
abstract class FileBody implements AutoCloseable {
    private static final int COPY_BYTES = 16 * 1024;

    /** Sends {@code length} bytes from {@code position} on. */
    abstract void send(HttpServletResponse response, long position, long length) throws IOException;

    @Override
    public void close() throws IOException {}

    /** Null if the file is not what it was when {@code file} was read. */
    static @Nullable FileBody open(StaticFile file, HttpServletResponse response) throws IOException {
        byte[] bytes = file.bytes;
        if (bytes != null) return new InMemory(bytes);
        Path path = file.resource.file();
        if (path == null) return new Streamed(file);
        boolean byKernel = response instanceof DormouseResponse own && own.canTransfer();
        OpenFile opened = byKernel ? OpenFile.find(path) : null;
        if (opened == null) return Copied.open(file, path);
        if (opened.length() == file.length && file.isStillThere()) return new Transferred(opened, file, path);
        opened.close();
        return null;
    }

    private static EOFException ended(Object what, long at) {
        return new EOFException(what + " has become shorter while it was sent: it ended at byte " + at);
    }

    private static final class InMemory extends FileBody {
        private final byte[] bytes;

        InMemory(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        void send(HttpServletResponse response, long position, long length) throws IOException {
            response.getOutputStream().write(bytes, (int) position, (int) length);
        }
    }

    /** In the default file system, read into memory and written: over TLS, through a filter that wraps the response, on other systems. */
    private static final class Copied extends FileBody {
        private final Path path;
        private final FileChannel channel;
        private byte @Nullable [] buffer;

        private Copied(Path path, FileChannel channel) {
            this.path = path;
            this.channel = channel;
        }

        /** Null if what is there now is not {@code file}. */
        static @Nullable Copied open(StaticFile file, Path path) throws IOException {
            var channel = FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
            try {
                if (channel.size() == file.length && file.isStillThere()) return new Copied(path, channel);
            } catch (IOException | RuntimeException | Error e) {
                channel.close();
                throw e;
            }
            channel.close();
            return null;
        }

        @Override
        void send(HttpServletResponse response, long position, long length) throws IOException {
            OutputStream out = response.getOutputStream();
            byte[] copied = buffer;
            if (copied == null) buffer = copied = new byte[COPY_BYTES];
            long at = position;
            long end = position + length;
            while (at < end) {
                int count = channel.read(ByteBuffer.wrap(copied, 0, (int) Math.min(copied.length, end - at)), at);
                if (count < 0) throw ended(path, at);
                out.write(copied, 0, count);
                at += count;
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** By the kernel, and where that cannot, or can no more, by hand. */
    private static final class Transferred extends FileBody {
        private final OpenFile opened;
        private final StaticFile file;
        private final Path path;

        Transferred(OpenFile opened, StaticFile file, Path path) {
            this.opened = opened;
            this.file = file;
            this.path = path;
        }

        @Override
        void send(HttpServletResponse response, long position, long length) throws IOException {
            long sent = ((DormouseResponse) response).transfer(opened.descriptor(), position, length);
            if (sent == length) return;
            try (Copied rest = Copied.open(file, path)) {
                if (rest == null) throw ended(path, position + sent);
                rest.send(response, position + sent, length - sent);
            }
        }

        @Override
        public void close() {
            opened.close();
        }
    }

    /** Out of a jar, from its beginning each time. */
    private static final class Streamed extends FileBody {
        private final StaticFile file;

        Streamed(StaticFile file) {
            this.file = file;
        }

        @Override
        void send(HttpServletResponse response, long position, long length) throws IOException {
            OutputStream out = response.getOutputStream();
            byte[] buffer = new byte[COPY_BYTES];
            try (InputStream in = file.resource.open()) {
                in.skipNBytes(position);
                long at = position;
                long end = position + length;
                while (at < end) {
                    int count = in.read(buffer, 0, (int) Math.min(buffer.length, end - at));
                    if (count < 0) throw ended(file.path, at);
                    out.write(buffer, 0, count);
                    at += count;
                }
            }
        }
    }
}
