/**
 * TLS: the handshake, as a {@link org.dormouse.transport.Protocol} in front of the real one, and a socket that encrypts and decrypts for
 * everything above. The JDK's engine does the cryptography. Knows connections and buffers; knows nothing of HTTP but how to tell a client
 * that it speaks it without TLS.
 */
@NullMarked
package org.dormouse.tls;

import org.jspecify.annotations.NullMarked;
