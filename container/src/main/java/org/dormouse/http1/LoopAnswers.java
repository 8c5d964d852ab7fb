package org.dormouse.http1;

import org.dormouse.buffer.BufferPool;
import org.dormouse.buffer.PooledBuffer;
import org.dormouse.http.BadRequest;
import org.dormouse.transport.Connection;
import org.dormouse.transport.ConnectionEnd;
import org.jspecify.annotations.Nullable;

/**
 * What the loop itself sends over an HTTP/1.1 connection: refusals, which no exchange ever sees, and answers that exchanges have left to it so
 * that several go out together. Loop owner, while no exchange has the output.
 */
abstract class LoopAnswers extends ConnectionTimes {
    /** Pipelined answers are collected up to so many bytes before they are sent. */
    private static final int COALESCED_BYTES = BufferPool.BUFFER_SIZE;

    LoopAnswers(Http1 http1, Connection connection) {
        super(http1, connection);
    }

    /** @param head null if there is no whole one */
    @Override
    final void refuse(BadRequest reason, @Nullable RequestHeadBytes head) {
        http1.refused(connection, reason);
        byte[] text = PlainRefusal.text(reason);
        send(PlainRefusal.of(connection.pool(), reason, text, http1.date));
        // One whose target was not looked at has no path to show.
        RequestHeadBytes shown = head == null || head.pathEnd == 0 ? null : head;
        http1.handler.refused(new ConnectionPeer(connection), shown, reason.status(), text.length);
        close(true, reason.status() == 408 ? ConnectionEnd.HEAD_TIMEOUT : ConnectionEnd.REFUSED);
    }

    private void send(PooledBuffer answer) {
        if (!connection.borrowOutput())
            throw new IllegalStateException("output is lent although nobody has an exchange");
        connection.send(answer);
        giveBackOutput();
    }

    final void enqueue(PooledBuffer answer) {
        if (!connection.borrowOutput())
            throw new IllegalStateException("output is lent although its borrower gave it back");
        connection.enqueue(answer);
        giveBackOutput();
    }

    /** Nobody but an exchange asks for the output, and there is none at work; what is asked for is given in any case. */
    private void giveBackOutput() {
        boolean given = connection.giveBackOutput();
        while (!given) given = connection.giveBackOutput();
    }

    /** Whether as many answers wait for the client as may. */
    final boolean isEnoughUnsent() {
        return connection.isBlocked()
                && (connection.unsentBytes() >= COALESCED_BYTES || coalesced >= http1.limits.maxPipelined());
    }

    @Override
    final void close(boolean peerMayStillSend, ConnectionEnd why) {
        state = State.CLOSING;
        if (peerMayStillSend || connection.kept() != null) connection.closeWhenSent(why);
        else connection.closeWhenSentAtOnce(why);
    }
}
