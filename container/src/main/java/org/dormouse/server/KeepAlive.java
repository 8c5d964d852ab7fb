package org.dormouse.server;

import java.util.concurrent.CountDownLatch;

/**
 * Keeps the JVM alive while a server listens: a {@code main} that starts one and returns is a server, not a program that ends. Loops are
 * daemons, so this is a thread of its own; it waits and does nothing else.
 */
final class KeepAlive {
    private final CountDownLatch ended = new CountDownLatch(1);

    private KeepAlive() {}

    static KeepAlive begin(String address) {
        var keepAlive = new KeepAlive();
        Thread.ofPlatform()
                .name("dormouse-listening-" + address)
                .daemon(false)
                .inheritInheritableThreadLocals(false)
                .start(keepAlive::await);
        return keepAlive;
    }

    void end() {
        ended.countDown();
    }

    private void await() {
        while (ended.getCount() > 0) {
            try {
                ended.await();
            } catch (InterruptedException e) {
                // Only end() ends this: an interrupt of all threads must not end the JVM under a running server.
            }
        }
    }
}
