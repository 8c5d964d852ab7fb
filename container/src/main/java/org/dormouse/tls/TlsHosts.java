package org.dormouse.tls;

import org.jspecify.annotations.Nullable;

/** Who answers for a name. Any thread. */
public interface TlsHosts {
    /**
     * Chooses by the name that a client asks for, once for each ClientHello that is in order. Called by the owner of a loop: it must not
     * block, log or read files. What it says holds for the whole connection, whatever is reloaded meanwhile.
     *
     * @param serverName from the extension server_name (RFC 6066 §3): a DNS name in lower case, without a dot at its end, never a literal
     *     address; null if the client did not say
     * @return null refuses the client with the alert unrecognized_name
     */
    @Nullable
    TlsHost host(@Nullable String serverName);
}
