package org.dormouse.websocket;

import java.util.Arrays;
import org.dormouse.FuzzTarget;
import org.dormouse.push.SlowPeer;
import org.dormouse.transport.ConnectionEnd;
import org.dormouse.websocket.TestEndpoints.Echo;
import org.dormouse.websocket.TestEndpoints.Parts;
import org.dormouse.websocket.frame.DeflateSettings;

/**
 * What a client may send after its handshake: whatever it is, the session goes on or ends in order, and nothing of it is held. The first byte says
 * which endpoint, whether a context is kept, and in which pieces the others come.
 */
public final class FrameFuzz implements FuzzTarget {
    @Override
    public void run(byte[] data) {
        if (data.length == 0) return;
        int how = data[0] & 0xFF;
        String path = (how & 1) == 0 ? "/echo" : "/parts";
        var compression = new DeflateSettings(true, 1, 0, (how & 2) != 0, 15, 10);
        TestEndpoints.LOG.clear();
        var services = WebSocketServices.of(WebSocketLimits.DEFAULT, ScriptedSessions.MANY, SlowPeer.FAIL, compression);
        try (var sessions = new ScriptedSessions(services, null, Echo.class, Parts.class)) {
            var client = sessions.connect(
                    path,
                    new OpeningRequestOf("ws://localhost" + path)
                            .with("Sec-WebSocket-Extensions", "permessage-deflate"));
            int step = Math.max(1, (how >>> 2) * 3);
            for (int at = 1; at < data.length; at += step) {
                client.peer.send(Arrays.copyOfRange(data, at, Math.min(data.length, at + step)));
                sessions.driver.settle();
            }
            client.received();
            client.peer.reset();
            sessions.driver.settle();
            if (sessions.connections.counts().closed(ConnectionEnd.BUG) != 0) throw new AssertionError("a bug");
            if (sessions.container.openSessions() != 0) throw new AssertionError("the session is open");
            if (services.pools().held() != 0) throw new AssertionError("a coder is held");
        }
    }
}
