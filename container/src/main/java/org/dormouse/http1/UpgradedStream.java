package org.dormouse.http1;

import java.io.IOException;
import org.dormouse.buffer.PooledBuffer;
import org.dormouse.http.ByteStream;
import org.dormouse.http.ClientGone;
import org.dormouse.http.StreamUpgrade;
import org.dormouse.poller.loop.InlineTask;
import org.dormouse.poller.loop.Timeout;
import org.dormouse.transport.Connection;
import org.dormouse.transport.ConnectionEnd;
import org.dormouse.transport.PeerLeft;
import org.dormouse.transport.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * A connection after 101 as two streams of bytes. It has borrowed input and output for good: whoever has the stream uses the socket itself,
 * and gives both back with {@link #finish}. A peer that is silent may stay so, as after an upgrade to WebSocket; one that does not take what
 * it is sent is cut as during a response.
 */
final class UpgradedStream implements Protocol, ByteStream {
    private final Http1 http1;
    private final Connection connection;
    private final ClientWaits waits;
    private volatile @Nullable Runnable gone;

    // writer
    private long written;
    private boolean ended;

    private UpgradedStream(Http1 http1, Connection connection) {
        this.http1 = http1;
        this.connection = connection;
        this.waits = new ClientWaits(http1);
    }

    /** Loop owner, while nothing is lent. */
    static Protocol begin(Http1 http1, Connection connection, StreamUpgrade upgrade) {
        var stream = new UpgradedStream(http1, connection);
        connection.lendForGood();
        try {
            upgrade.begun(stream);
        } catch (RuntimeException | Error bug) {
            stream.abort();
            stream.finish();
            throw bug;
        }
        return stream;
    }

    // --- the reader

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) return 0;
        PooledBuffer kept = connection.kept();
        if (kept != null) {
            int count = Math.min(length, kept.size());
            System.arraycopy(kept.array(), kept.start(), target, offset, count);
            kept.consume(count);
            connection.releaseKept();
            return count;
        }
        try {
            return connection.receive(target, offset, length);
        } catch (PeerLeft e) {
            throw new ClientGone(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void whenReadable(Runnable wake) {
        waits.reader(wake);
        // Set before the look at the word, which the loop changes before it looks here: one of the two sees the other.
        if (connection.kept() != null || connection.mayHaveInput()) waits.wakeReader();
    }

    // --- the writer

    @Override
    public int write(byte[] source, int offset, int length) throws ClientGone {
        if (ended) throw new IllegalStateException("write after finish");
        if (connection.isBroken()) throw left();
        int count = Math.min(length, room());
        if (count == 0) return 0;
        connection.copyIn(source, offset, count);
        written += count;
        return count;
    }

    private int room() {
        int most = http1.limits.maxUnsentBytes();
        if (connection.unsentBytes() >= most) connection.flush();
        return Math.max(0, most - connection.unsentBytes());
    }

    @Override
    public boolean flush() throws ClientGone {
        boolean sent = connection.flush();
        if (connection.isBroken()) throw left();
        return sent;
    }

    private ClientGone left() {
        return new ClientGone("client left connection " + connection);
    }

    @Override
    public void whenWritable(Runnable wake) {
        boolean first = waits.beginWriting(wake);
        boolean mayWrite = connection.isBroken() || connection.unsentBytes() < http1.limits.maxUnsentBytes();
        if (mayWrite || connection.mayHaveRoom()) waits.wakeWriter();
        else if (first) connection.execute(this::deadline);
    }

    @Override
    public void whenGone(Runnable told) {
        gone = told;
        if (connection.isBroken()) connection.execute(this::tellGone);
    }

    @Override
    public void beforeWaiting() {
        InlineTask.aboutToBlock();
    }

    @Override
    public void finish() {
        if (ended) return;
        ended = true;
        gone = null;
        connection.flush();
        connection.giveBack(true);
    }

    @Override
    public void abort() {
        connection.abort();
    }

    // --- loop owner

    @Override
    public int received(byte[] bytes, int offset, int length) {
        return length; // the stream has ended: nobody wants it
    }

    @Override
    public void inputEnded() {}

    @Override
    public void readable() {
        waits.wakeReader();
    }

    @Override
    public void writable() {
        waits.wakeWriter();
    }

    @Override
    public void deadline() {
        if (!connection.isInputLent()) return;
        long now = http1.loop.nanoTime();
        long taken = Math.max(0, written - connection.unsentBytes());
        if (waits.hasWrittenTooLong(now, taken)) {
            http1.log.left(connection, http1.writeTimedOut());
            connection.abort(ConnectionEnd.WRITE_TIMEOUT);
            return;
        }
        long due = waits.endAt(-1, taken);
        if (due != Timeout.NEVER) connection.deadline(Math.max(1, due - now));
    }

    @Override
    public void returned() {
        connection.closeWhenSent(ConnectionEnd.UPGRADE_ENDED);
    }

    /** Only the application knows how its protocol says goodbye; it has until the drain timeout. */
    @Override
    public void drain() {}

    @Override
    public void gone() {
        tellGone();
        waits.wakeReader();
        waits.wakeWriter();
    }

    private void tellGone() {
        Runnable told = gone;
        gone = null;
        if (told != null) told.run();
    }

    @Override
    public boolean isAtWork() {
        return true;
    }

    @Override
    public void closed(@Nullable IOException cause) {
        if (cause != null) http1.log.left(connection, String.valueOf(cause.getMessage()));
        gone();
    }
}
