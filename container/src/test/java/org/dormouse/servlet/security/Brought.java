package org.dormouse.servlet.security;

import org.dormouse.http.Fields;
import org.dormouse.http.Headers;
import org.dormouse.http.Peer;

/** A request of a test. */
record Brought(String method, String target, Headers headers) implements LoginRequest {
    @Override
    public Fields fields() {
        return headers;
    }

    @Override
    public Peer peer() {
        throw new UnsupportedOperationException("nobody asks for the connection");
    }

    @Override
    public String client() {
        return "192.0.2.7";
    }
}
