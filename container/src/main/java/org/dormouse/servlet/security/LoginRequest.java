package org.dormouse.servlet.security;

import org.dormouse.http.Fields;
import org.dormouse.http.Peer;

/** What a request tells that matters for who sent it. */
public interface LoginRequest {
    String method();

    /** Path and query as they were sent. */
    String target();

    Fields fields();

    Peer peer();

    /** Address of the client, as a trusted proxy has it where there is one. */
    String client();
}
