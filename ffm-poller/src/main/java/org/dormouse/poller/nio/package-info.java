/**
 * Readiness and sockets over {@code java.nio}: for systems whose kernel this code does not speak, and for JVMs that deny native access. Slower
 * than the others, and it tells less: see {@link org.dormouse.poller.nio.NioBackend}.
 */
@NullMarked
package org.dormouse.poller.nio;

import org.jspecify.annotations.NullMarked;
