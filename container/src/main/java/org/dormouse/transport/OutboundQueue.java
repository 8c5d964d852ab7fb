package org.dormouse.transport;

import java.util.ArrayDeque;
import org.dormouse.buffer.BufferPool;
import org.dormouse.buffer.PooledBuffer;
import org.jspecify.annotations.Nullable;

/** Buffers that wait to be sent, in order. Belongs to the owner of the output. */
final class OutboundQueue {
    private final ArrayDeque<PooledBuffer> buffers = new ArrayDeque<>(4);

    /** Takes ownership. Small contents are copied into the room of the last buffer, so that many small messages leave together. */
    void enqueue(PooledBuffer buffer) {
        PooledBuffer last = buffers.peekLast();
        if (last != null && buffer.size() <= last.room()) {
            last.append(buffer.array(), buffer.start(), buffer.size());
            buffer.close();
        } else {
            buffers.add(buffer);
        }
    }

    void copyIn(byte[] source, int offset, int length, BufferPool pool) {
        PooledBuffer last = buffers.peekLast();
        int copied = last == null ? 0 : last.append(source, offset, length);
        while (copied < length) {
            PooledBuffer next = pool.take();
            buffers.add(next);
            copied += next.append(source, offset + copied, length - copied);
        }
    }

    @Nullable
    PooledBuffer first() {
        return buffers.peekFirst();
    }

    void removeFirst() {
        buffers.removeFirst().close();
    }

    void clear() {
        for (PooledBuffer buffer : buffers) buffer.close();
        buffers.clear();
    }
}
