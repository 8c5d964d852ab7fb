package org.dormouse.http;

/** An upgrade to something that reads and writes bytes and needs no more of the connection: every protocol that can upgrade takes it. */
public interface StreamUpgrade extends Upgrade {
    /**
     * The 101 is on its way and the connection belongs to {@code stream}. Called once, where nothing may block: by the owner of the loop. If
     * it throws, the connection is cut.
     */
    void begun(ByteStream stream);
}
