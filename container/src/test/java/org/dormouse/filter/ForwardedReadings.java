package org.dormouse.filter;

import org.dormouse.FieldReading;
import org.dormouse.http.Headers;
import org.dormouse.transport.TrustedSources;

/** What the fields of proxies cost. Every address is trusted, so that all of a list is looked at. */
public final class ForwardedReadings {
    private static final TrustedSources ALL = TrustedSources.parse("0.0.0.0/0, ::/0");

    private ForwardedReadings() {}

    public static FieldReading forwarded() {
        return text -> ForwardedField.read(one("Forwarded", text), ALL);
    }

    public static FieldReading xForwarded() {
        return text -> XForwardedFields.read(one("X-Forwarded-For", text), "h", ALL);
    }

    public static FieldReading host() {
        return text -> String.valueOf(HostText.parse(text));
    }

    public static FieldReading names() {
        return text -> String.valueOf(FieldNames.tokens(text));
    }

    private static Headers one(String name, String value) {
        var fields = new Headers();
        fields.add(name, value);
        return fields;
    }
}
