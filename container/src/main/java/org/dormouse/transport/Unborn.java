package org.dormouse.transport;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Stands for the protocol before a connection has one, and after it is closed. */
final class Unborn implements Protocol {
    static final Protocol PROTOCOL = new Unborn();

    private Unborn() {}

    @Override
    public int received(byte[] bytes, int offset, int length) {
        return length;
    }

    @Override
    public void inputEnded() {}

    @Override
    public void writable() {}

    @Override
    public void deadline() {}

    @Override
    public void drain() {}

    @Override
    public void closed(@Nullable IOException cause) {}
}
