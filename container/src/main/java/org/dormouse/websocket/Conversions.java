package org.dormouse.websocket;

import jakarta.websocket.DecodeException;
import jakarta.websocket.PongMessage;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which types a handler may take, of which kind of message they are, and how they are made (Jakarta WebSocket 2.2 §4.7). */
final class Conversions {
    /** @param isStream whether it can be read while it arrives: then the message is given whole or as an {@link InboundStream} */
    record Found(MessageKind kind, Conversion conversion, boolean isStream) {}

    private static final Conversion AS_IT_IS = (session, message) -> message;

    private Conversions() {}

    /**
     * How whole messages become a {@code type}; empty if they cannot. A decoder of the endpoint goes before what the container can do; there
     * may be decoders for text and for binary messages.
     */
    static List<Found> whole(Class<?> type, Codecs codecs) {
        List<Found> byDecoder = codecs.decoding(type);
        if (!byDecoder.isEmpty()) return byDecoder;
        Found found = whole(type);
        return found == null ? List.of() : List.of(found);
    }

    private static @Nullable Found whole(Class<?> type) {
        if (type == String.class) return new Found(MessageKind.TEXT, AS_IT_IS, false);
        if (type == byte[].class) return new Found(MessageKind.BINARY, AS_IT_IS, false);
        if (type == ByteBuffer.class) return new Found(MessageKind.BINARY, Conversions::wrap, false);
        if (type == Reader.class) return new Found(MessageKind.TEXT, (session, message) -> reader(message), true);
        if (type == InputStream.class) {
            return new Found(MessageKind.BINARY, (session, message) -> stream(message), true);
        }
        if (type == PongMessage.class) return new Found(MessageKind.PONG, AS_IT_IS, false);
        if (TextConversion.isPrimitive(type)) {
            return new Found(MessageKind.TEXT, (session, message) -> primitive(type, (String) message), false);
        }
        return null;
    }

    /** @param message a String, or a stream of text */
    static Reader reader(Object message) {
        return message instanceof InboundStream stream ? stream.reader() : new StringReader((String) message);
    }

    /** @param message a {@code byte[]}, or a stream */
    static InputStream stream(Object message) {
        return message instanceof InboundStream stream ? stream : new ByteArrayInputStream((byte[]) message);
    }

    /** How parts of messages become a {@code type}; null if they cannot. */
    static @Nullable Found partial(Class<?> type) {
        if (type == String.class) return new Found(MessageKind.TEXT, AS_IT_IS, false);
        if (type == byte[].class) return new Found(MessageKind.BINARY, AS_IT_IS, false);
        if (type == ByteBuffer.class) return new Found(MessageKind.BINARY, Conversions::wrap, false);
        return null;
    }

    private static Object wrap(WebSocketSession session, Object message) {
        return ByteBuffer.wrap((byte[]) message);
    }

    private static Object primitive(Class<?> type, String text) throws DecodeException {
        try {
            return TextConversion.parse(type, text);
        } catch (IllegalArgumentException e) {
            throw new DecodeException(text, "message is no " + type.getName(), e);
        }
    }
}
