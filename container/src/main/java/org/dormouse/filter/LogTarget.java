package org.dormouse.filter;

import java.io.IOException;
import java.io.OutputStream;

/** Where lines go. One thread. */
interface LogTarget {
    /** Whole lines. */
    void write(byte[] bytes, int length) throws IOException;

    /** Looks whether it is time to begin anew; now and then, and before something is written after a pause. */
    void look(long nowMillis) throws IOException;

    /** Begins anew at the same place. */
    void reopen() throws IOException;

    void close() throws IOException;

    /** A stream that is somebody else's to close. */
    static LogTarget of(OutputStream stream) {
        return new LogTarget() {
            @Override
            public void write(byte[] bytes, int length) throws IOException {
                stream.write(bytes, 0, length);
                stream.flush();
            }

            @Override
            public void look(long nowMillis) {}

            @Override
            public void reopen() {}

            @Override
            public void close() throws IOException {
                stream.flush();
            }
        };
    }
}
