package org.dormouse.server;

import org.dormouse.poller.socket.UnixAddress;

/** Something to listen on, as an administrator names it. */
sealed interface ListenAddress {
    String EXPECTED = "host:port, [IPv6 address]:port, unix:PATH, unix:@NAME, systemd:NAME or fd:NUMBER";

    /**
     * TCP.
     *
     * @param port 0 picks a free one
     */
    record Tcp(String host, int port) implements ListenAddress {
        @Override
        public String toString() {
            return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
        }
    }

    /** A Unix domain socket. */
    record Unix(UnixAddress address) implements ListenAddress {
        @Override
        public String toString() {
            return "unix:" + address;
        }
    }

    /** A descriptor of this process that listens already. */
    record Descriptor(int number) implements ListenAddress {
        @Override
        public String toString() {
            return "fd:" + number;
        }
    }

    /** What systemd passed under this name; with an empty one, everything it passed. */
    record Activated(String name) implements ListenAddress {
        @Override
        public String toString() {
            return "systemd:" + name;
        }
    }

    /**
     * Reads one address.
     *
     * @throws IllegalArgumentException why it cannot be read
     */
    static ListenAddress parse(String text) {
        try {
            if (text.startsWith("unix:")) return new Unix(UnixAddress.of(text.substring(5)));
            if (text.startsWith("systemd:")) return new Activated(text.substring(8));
            if (text.startsWith("fd:")) return new Descriptor(number(text.substring(3), Integer.MAX_VALUE));
            return tcp(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(e.getMessage() + "; expected is " + EXPECTED, e);
        }
    }

    private static Tcp tcp(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) throw new IllegalArgumentException("there is no port");
        String host = text.substring(0, colon);
        boolean isBracketed = host.startsWith("[") && host.endsWith("]");
        if (isBracketed) host = host.substring(1, host.length() - 1);
        if (isBracketed != (host.indexOf(':') >= 0))
            throw new IllegalArgumentException("brackets are for addresses of IPv6, and needed there");
        if (host.isBlank() || host.chars().anyMatch(c -> c <= ' ' || c == '/' || c == '[' || c == ']'))
            throw new IllegalArgumentException("\"" + host + "\" is no host");
        return new Tcp(host, number(text.substring(colon + 1), 65535));
    }

    /** Digits only. */
    private static int number(String digits, int most) {
        boolean isNumber =
                !digits.isEmpty() && digits.length() < 11 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!isNumber || Long.parseLong(digits) > most)
            throw new IllegalArgumentException("\"" + digits + "\" is not in 0 to " + most);
        return Integer.parseInt(digits);
    }
}
