package org.dormouse.http;

/**
 * The fields of a response that frame it or speak of its connection (RFC 9110 §7.6.1, RFC 9112 §6): the protocol writes them, whatever the
 * application set.
 */
public final class ConnectionFields {
    private ConnectionFields() {}

    /** Whether {@code name} is one of them: Connection, Keep-Alive, Content-Length or Transfer-Encoding. */
    public static boolean has(String name) {
        return switch (name.length()) {
            case 10 -> name.equalsIgnoreCase("Connection") || name.equalsIgnoreCase("Keep-Alive");
            case 14 -> name.equalsIgnoreCase("Content-Length");
            case 17 -> name.equalsIgnoreCase("Transfer-Encoding");
            default -> false;
        };
    }

    /** Whether a Connection field has the option {@code close} (RFC 9110 §7.6.1). */
    public static boolean asksToClose(String connection) {
        if (connection.indexOf(',') < 0) return connection.strip().equalsIgnoreCase("close");
        for (String option : connection.split(",", -1)) if (option.strip().equalsIgnoreCase("close")) return true;
        return false;
    }

    /** {@code fields} as they are if there are none of those, else a copy that leaves them out. */
    static Fields without(Fields fields) {
        int first = 0;
        while (first < fields.size() && !has(fields.name(first))) first++;
        if (first == fields.size()) return fields;
        var rest = new Headers();
        for (int i = 0; i < fields.size(); i++) {
            if (!has(fields.name(i))) rest.add(fields.name(i), fields.value(i));
        }
        return rest;
    }
}
