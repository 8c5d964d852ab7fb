package org.dormouse.http;

/** The fields of a response that frame it or speak of its connection (RFC 9110 §7.6.1, RFC 9113 §8.2.2): the protocol writes them. */
final class ConnectionFields {
    private ConnectionFields() {}

    static boolean has(String name) {
        return switch (name.length()) {
            case 7 -> name.equalsIgnoreCase("Upgrade");
            case 10 -> name.equalsIgnoreCase("Connection") || name.equalsIgnoreCase("Keep-Alive");
            case 14 -> name.equalsIgnoreCase("Content-Length");
            case 16 -> name.equalsIgnoreCase("Proxy-Connection");
            case 17 -> name.equalsIgnoreCase("Transfer-Encoding");
            default -> false;
        };
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
