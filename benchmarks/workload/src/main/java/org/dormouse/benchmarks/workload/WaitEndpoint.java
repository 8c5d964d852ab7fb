package org.dormouse.benchmarks.workload;

import jakarta.websocket.OnMessage;
import jakarta.websocket.server.ServerEndpoint;

/** Sends each text message back after it has blocked its thread for 100 ms. */
@ServerEndpoint("/wait")
public class WaitEndpoint {
    @OnMessage
    public String echo(String message) throws InterruptedException {
        Thread.sleep(100);
        return message;
    }
}
