package org.dormouse.server;

import java.time.Duration;

/** Values of a configuration, or what holds where nothing was set. */
final class Keys {
    private Keys() {}

    static long number(Configuration configuration, String key, long otherwise) {
        return configuration.value(key) instanceof Long number ? number : otherwise;
    }

    static int count(Configuration configuration, String key, int otherwise) {
        long number = number(configuration, key, otherwise);
        if (number != (int) number) throw new IllegalArgumentException(key + " is " + number + ", which is too large");
        return (int) number;
    }

    static Duration duration(Configuration configuration, String key, Duration otherwise) {
        return configuration.value(key) instanceof Duration time ? time : otherwise;
    }

    static boolean isOn(Configuration configuration, String key, boolean otherwise) {
        return configuration.value(key) instanceof Boolean on ? on : otherwise;
    }
}
