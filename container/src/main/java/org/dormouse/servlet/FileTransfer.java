package org.dormouse.servlet;

import java.io.IOException;
import org.dormouse.http.Exchange;

/** Bytes of a file that the kernel moves into a response. It blocks by parking, as the stream of the response does. One thread. */
final class FileTransfer {
    /** So much is sent at a stretch before others of the loop get their turn: earlier where the kernel takes its time for it. */
    private static final int TURN_BYTES = 1 << 20;

    private FileTransfer() {}

    static long run(DormouseResponse response, int file, long position, long length) throws IOException {
        ResponseOutput output = response.output();
        output.enter();
        try {
            output.passOnBuffer();
            Exchange exchange = response.exchange;
            if (!exchange.canTransfer()) return 0; // the head, which is fixed now, may have put the body into a coding
            long sent = 0;
            long turnEnds = TURN_BYTES;
            while (sent < length) {
                int count = send(exchange, file, position + sent, (int) Math.min(length - sent, TURN_BYTES));
                if (count < 0) break;
                sent += count;
                output.passedOn(count);
                if (count == 0) {
                    var pause = new Pause();
                    exchange.whenWritable(pause);
                    pause.await(exchange, "the client to take the response");
                } else if (sent < length && (sent >= turnEnds || exchange.isOverdue())) {
                    turnEnds = sent + TURN_BYTES;
                    exchange.giveTurn();
                }
            }
            return sent;
        } finally {
            output.leave();
        }
    }

    private static int send(Exchange exchange, int file, long position, int length) throws IOException {
        try {
            return exchange.transfer(file, position, length);
        } catch (IOException e) {
            throw PeerFailure.of(e);
        }
    }
}
