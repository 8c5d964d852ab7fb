package org.dormouse.benchmarks.workload;

import jakarta.websocket.OnMessage;
import jakarta.websocket.server.ServerEndpoint;

/** Sends each text message back; for messages that are longer than what some servers take unless they are told. */
@ServerEndpoint("/large-echo")
public class LargeEchoEndpoint {
    @OnMessage(maxMessageSize = 64 * 1024)
    public String echo(String message) {
        return message;
    }
}
