package org.dormouse.websocket;

import org.dormouse.push.FlowControl;
import org.dormouse.push.SlowPeer;

/** Flow control as applications see it. Made for each call that asks for it: it keeps nothing. */
record SessionFlow(WebSocketConnection connection) implements FlowControl {
    @Override
    public void suspendReading() {
        connection.hold();
    }

    @Override
    public void resumeReading() {
        connection.release();
    }

    @Override
    public long waitingBytes() {
        return connection.output().backlogBytes();
    }

    @Override
    public void onSlowPeer(SlowPeer policy) {
        connection.output().onSlowPeer(policy);
    }
}
