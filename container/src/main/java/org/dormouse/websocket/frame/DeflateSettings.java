package org.dormouse.websocket.frame;

/**
 * How messages are compressed (permessage-deflate, RFC 7692) with peers that offer it. Keys are those of docs/configuration.md.
 *
 * @param isOn whether it is negotiated at all ({@code websocket.compression})
 * @param level 1, the fastest, to 9, the smallest ({@code websocket.compression-level})
 * @param minBytes of a message that is worth it; shorter ones are sent as they are ({@code websocket.compression-min-bytes})
 * @param keepsContext whether what was said before helps to compress what follows, where the peer allows it; costs the native memory of a
 *     deflater and of an inflater for each session ({@code websocket.compression-context})
 * @param windowBits 8 to 15: how far back, as a power of two, what we send refers; a peer may ask for less
 *     ({@code websocket.compression-window-bits})
 * @param maxHeld deflaters and inflaters that sessions may hold between two frames, all sessions together; beyond, new sessions keep no context,
 *     and a message that is taken in parts is refused with 1013 ({@code websocket.compression-max-held})
 */
public record DeflateSettings(
        boolean isOn, int level, int minBytes, boolean keepsContext, int windowBits, int maxHeld) {
    public static final String MAX_HELD = "websocket.compression-max-held";

    public static final DeflateSettings DEFAULT = new DeflateSettings(true, 4, 256, false, 15, 1000);

    public DeflateSettings {
        range("websocket.compression-level", level, 1, 9);
        range("websocket.compression-min-bytes", minBytes, 0, Integer.MAX_VALUE);
        range("websocket.compression-window-bits", windowBits, DeflateTerms.MIN_BITS, DeflateTerms.MAX_BITS);
        range(MAX_HELD, maxHeld, 0, 1 << 20);
    }

    private static void range(String key, int value, int least, int most) {
        if (value < least || value > most)
            throw new IllegalArgumentException(key + " " + value + " is not in " + least + " to " + most);
    }

    /** The same, without what was said before. */
    public DeflateSettings withoutContext() {
        return new DeflateSettings(isOn, level, minBytes, false, windowBits, maxHeld);
    }
}
