package org.dormouse.http1;

import org.dormouse.buffer.PooledBuffer;
import org.dormouse.http.ClientGone;
import org.dormouse.http.ConnectionFields;
import org.dormouse.http.Fields;
import org.dormouse.http.ResponseBody;
import org.dormouse.http.TrailerNames;
import org.dormouse.http.Version;
import org.dormouse.http1.ResponseHeadWriter.Framing;
import org.dormouse.http1.ResponseHeadWriter.Persistence;
import org.dormouse.transport.Connection;
import org.jspecify.annotations.Nullable;

/**
 * The response of one exchange on its way out: head, framing, and the buffer that collects them until it is full or flushed. Framing holds
 * whatever the application does ({@link ResponseBody}). Belongs to the writer of the exchange.
 */
abstract class ResponseOutput {
    private static final String CONNECTION = "Connection";
    private static final byte[] LAST_CHUNK = {'0', '\r', '\n', '\r', '\n'};
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
    private static final int CHUNK_HEAD = 6; // four digits at most, CRLF
    private static final int CHUNK_TAIL = 2 + LAST_CHUNK.length;
    private static final int MAX_CHUNK = 0xFFFF;
    private static final int NO_CHUNK = -1;
    /** From so many bytes on, a body goes to the socket without a copy. */
    private static final int DIRECT_BYTES = 8 * 1024;

    final Http1 http1;
    final Connection connection;
    final RequestHeadBytes head;

    private boolean holdsOutput;
    private boolean keepAlive;
    private boolean chunked;
    private boolean ended;
    private @Nullable ResponseBody body;
    private @Nullable PooledBuffer buffer;
    /** Where the head of the open chunk lies in the buffer. */
    private int chunkStart = NO_CHUNK;
    /** The socket had no room for the bytes of a file: room in memory is of no use to the writer. */
    private boolean awaitsSocket;
    /** Bytes of the response's head as long as it is the first thing in the buffer; 0 once it has left. */
    private int headBytes;

    private @Nullable Fields trailers;

    ResponseOutput(Http1 http1, Connection connection, RequestHeadBytes head, boolean holdsOutput) {
        this.http1 = http1;
        this.connection = connection;
        this.head = head;
        this.holdsOutput = holdsOutput;
        this.keepAlive = head.keepAlive;
    }

    /** Waits, for the time of one short send, until nobody else of this exchange sends an interim response. */
    abstract void awaitInterim();

    /** Whether the connection has to close behind this response for reasons outside of it. */
    abstract boolean mustClose();

    /** Whether the request's body is not read and too large to be dropped: known for certain when the response ends. */
    abstract boolean leavesTooMuchUnread();

    public final boolean isCommitted() {
        return body != null;
    }

    public final void commit(int status, @Nullable String reason, Fields fields, long contentLength) {
        if (body != null) throw new IllegalStateException("response is committed already");
        if (status < 200) throw new IllegalArgumentException("status " + status + " is not final");
        var framed = new ResponseBody(head.method(), status, contentLength);
        boolean openEnded = framed.isOpenEnded();
        boolean inChunks = openEnded && head.version() == Version.HTTP_1_1;
        Framing framing = inChunks
                ? Framing.CHUNKED
                : openEnded ? Framing.UNTIL_CLOSE : framed.contentLength() < 0 ? Framing.NONE : Framing.LENGTH;
        boolean persists = keepAlive && framing != Framing.UNTIL_CLOSE && !mustClose() && !asksToClose(fields);
        PooledBuffer written = ResponseHeadWriter.write(
                connection.pool(),
                status,
                reason,
                fields,
                http1.date.bytes(fields),
                framing,
                framed.contentLength(),
                persistence(persists));
        buffer = written;
        headBytes = written.size();
        chunked = inChunks;
        keepAlive = persists;
        body = framed;
    }

    private Persistence persistence(boolean persists) {
        if (!persists) return Persistence.CLOSE;
        return head.version() == Version.HTTP_1_0 ? Persistence.KEEP_ALIVE : Persistence.IMPLIED;
    }

    /** Whether the application did, among whatever else it says of the connection (RFC 9110 §7.6.1). */
    private static boolean asksToClose(Fields fields) {
        for (int i = fields.find(CONNECTION, 0); i >= 0; i = fields.find(CONNECTION, i + 1))
            if (ConnectionFields.asksToClose(fields.value(i))) return true;
        return false;
    }

    public final int write(byte[] source, int offset, int length) throws ClientGone {
        ResponseBody framed = body;
        if (framed == null) throw new IllegalStateException("write before commit");
        if (ended) throw new IllegalStateException("write after finish");
        if (connection.isBroken()) throw gone();
        awaitsSocket = false;
        int admitted = framed.admits(length);
        int taken = 0;
        while (taken < admitted) {
            int count = take(source, offset + taken, admitted - taken);
            if (count == 0) break;
            taken += count;
        }
        framed.wrote(taken);
        return taken == admitted ? length : taken;
    }

    /** Takes some bytes into the buffer, or right to the socket; 0 if the output is full. */
    private int take(byte[] source, int offset, int length) {
        PooledBuffer present = buffer;
        if (present == null) {
            if (!chunked && length >= DIRECT_BYTES) {
                int sent = sendDirectly(source, offset, length);
                if (sent > 0) return sent;
            }
            if (isFull()) return 0;
            present = buffer = connection.pool().take();
        }
        int room = roomForBody(present);
        if (room <= 0) {
            if (isFull()) return 0;
            passOn();
            return take(source, offset, length);
        }
        if (chunked && chunkStart == NO_CHUNK) openChunk(present);
        return present.append(source, offset, Math.min(length, room));
    }

    public final boolean canTransfer() {
        return !chunked && connection.sendsFiles();
    }

    public final int transfer(int file, long position, int length) throws ClientGone {
        ResponseBody framed = body;
        if (framed == null || ended) throw new IllegalStateException("transfer before commit or after finish");
        if (!canTransfer()) throw new UnsupportedOperationException("this exchange sends no files");
        if (connection.isBroken()) throw gone();
        awaitsSocket = false;
        int admitted = framed.admits(length);
        if (admitted == 0) return length;
        if (!borrowsOutput()) return 0;
        int sent = transferBehindBuffer(file, position, admitted);
        if (connection.isBroken()) throw gone();
        awaitsSocket = sent == 0;
        framed.wrote(Math.max(0, sent));
        return sent;
    }

    private int transferBehindBuffer(int file, long position, int length) {
        PooledBuffer present = buffer;
        buffer = null;
        boolean isEmpty = present == null ? connection.flush() : connection.sendAhead(present);
        return isEmpty ? connection.sendFile(file, position, length) : 0;
    }

    private int sendDirectly(byte[] source, int offset, int length) {
        if (!borrowsOutput() || !connection.flush()) return 0;
        return connection.sendDirectly(source, offset, length);
    }

    /** Whether as much waits for the client as may. */
    private boolean isFull() {
        if (!borrowsOutput()) return true;
        int bound = http1.limits.maxUnsentBytes();
        if (connection.unsentBytes() < bound) return false;
        connection.flush();
        return connection.unsentBytes() >= bound;
    }

    private int roomForBody(PooledBuffer present) {
        if (!chunked) return present.room();
        if (chunkStart == NO_CHUNK) return Math.min(present.room() - CHUNK_HEAD - CHUNK_TAIL, MAX_CHUNK);
        int inChunk = present.end() - chunkStart - CHUNK_HEAD;
        return Math.min(present.room() - CHUNK_TAIL, MAX_CHUNK - inChunk);
    }

    private void openChunk(PooledBuffer present) {
        chunkStart = present.end();
        present.produced(CHUNK_HEAD);
    }

    /** Writes the size in front of the chunk, without leading zeros: what lies before it in the buffer moves up to it. */
    private void closeChunk(PooledBuffer present) {
        if (chunkStart == NO_CHUNK) return;
        byte[] array = present.array();
        int data = chunkStart + CHUNK_HEAD;
        int size = present.end() - data;
        array[data - 1] = '\n';
        array[data - 2] = '\r';
        int at = data - 2;
        for (int rest = size; rest > 0; rest >>= 4) array[--at] = HEX[rest & 0xF];
        int gap = at - chunkStart;
        if (gap > 0) {
            System.arraycopy(array, present.start(), array, present.start() + gap, chunkStart - present.start());
            present.consume(gap);
        }
        chunkStart = NO_CHUNK;
        int end = present.end();
        array[end] = '\r';
        array[end + 1] = '\n';
        present.produced(2);
    }

    /** Hands the buffer to the connection, which is not full. */
    private void passOn() {
        PooledBuffer full = buffer;
        if (full == null) return;
        closeChunk(full);
        buffer = null;
        headBytes = 0;
        connection.send(full);
    }

    public final boolean flush() throws ClientGone {
        if (body == null) return true;
        if (!borrowsOutput()) return false;
        passOn();
        boolean sent = connection.flush();
        if (connection.isBroken()) throw gone();
        return sent;
    }

    /** Whether {@link #write}, or {@link #transfer} if that was tried last, would take a byte or throw. */
    final boolean mayWrite() {
        if (awaitsSocket) return connection.isBroken();
        PooledBuffer present = buffer;
        if (connection.isBroken() || (present != null && roomForBody(present) > 0)) return true;
        ResponseBody framed = body;
        return framed == null || framed.admits(1) == 0 || !isFull();
    }

    /** Answers of pipelined requests before this one may be under way just now: then the output is the loop's. */
    final boolean borrowsOutput() {
        awaitInterim();
        if (!holdsOutput) holdsOutput = connection.borrowOutput();
        return holdsOutput;
    }

    final boolean holdsOutput() {
        return holdsOutput;
    }

    /** The status that was committed; 0 if none was. */
    final int status() {
        ResponseBody framed = body;
        return framed == null ? 0 : framed.status();
    }

    /** Bytes of the body, as far as they were taken. */
    final long written() {
        ResponseBody framed = body;
        return framed == null ? 0 : framed.written();
    }

    final boolean hasEnded() {
        return ended;
    }

    /** Ends the message. A body that is short of its length ends the connection with it. */
    final void end() {
        ended = true;
        ResponseBody framed = body;
        if (framed == null) return;
        if (framed.isShort()) keepAlive = false;
        if (chunked) endChunks();
        if (keepAlive && leavesTooMuchUnread()) {
            keepAlive = false;
            if (headBytes > 0 && buffer != null)
                buffer = ResponseHeadWriter.withClose(connection.pool(), buffer, headBytes);
        }
    }

    private void endChunks() {
        PooledBuffer present = buffer;
        if (present == null) present = buffer = connection.pool().take();
        closeChunk(present);
        Fields last = trailers;
        if (last == null) {
            present.append(LAST_CHUNK, 0, LAST_CHUNK.length);
        } else {
            buffer = ResponseHeadWriter.withTrailers(connection.pool(), present, last);
        }
    }

    public final boolean mayHaveTrailers() {
        return body == null ? head.version() == Version.HTTP_1_1 : chunked;
    }

    public final void endWith(Fields fields) {
        if (ended) throw new IllegalStateException("trailers after finish");
        if (!mayHaveTrailers()) throw new IllegalStateException("trailers need a chunked body of HTTP/1.1");
        for (int i = 0; i < fields.size(); i++) {
            if (!TrailerNames.isAllowed(fields.name(i)))
                throw new IllegalArgumentException("field " + fields.name(i) + " may not be a trailer");
        }
        trailers = fields;
    }

    /** How many bytes of the body the client's side has taken at least; what is on its way there is not counted. */
    final long takenBytes() {
        ResponseBody framed = body;
        return framed == null ? 0 : Math.max(0, framed.written() - connection.unsentBytes());
    }

    /** Whether another request may follow. */
    final boolean persists() {
        return keepAlive && body != null;
    }

    final void closeBehind() {
        keepAlive = false;
    }

    /** What is still in the buffer, if anything; the caller owns it. */
    final @Nullable PooledBuffer takeBuffer() {
        PooledBuffer rest = buffer;
        buffer = null;
        return rest;
    }

    /** Puts a message into the buffer that is neither framed nor counted: the head of a 101. */
    final void commitUpgrade(PooledBuffer message) {
        buffer = message;
        headBytes = 0;
        body = new ResponseBody(head.method(), 101, -1);
    }

    final ClientGone gone() {
        return new ClientGone("client left connection " + connection);
    }
}
