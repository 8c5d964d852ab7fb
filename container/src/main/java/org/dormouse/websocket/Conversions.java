package org.dormouse.websocket;

import jakarta.websocket.DecodeException;
import jakarta.websocket.PongMessage;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Which types a handler may take, of which kind of message they are, and how they are made (Jakarta WebSocket 2.2 §4.7). */
final class Conversions {
    /** @param isStream whether the specification calls the type a stream, for which {@code maxMessageSize} does not count */
    record Found(MessageKind kind, Conversion conversion, boolean isStream) {}

    private static final Conversion AS_IT_IS = (session, message) -> message;

    private Conversions() {}

    /** How whole messages become a {@code type}; null if they cannot. A decoder of the endpoint goes before what the container can do. */
    static @Nullable Found whole(Class<?> type, Codecs codecs) {
        Found byDecoder = codecs.decoding(type);
        if (byDecoder != null) return byDecoder;
        if (type == String.class) return new Found(MessageKind.TEXT, AS_IT_IS, false);
        if (type == byte[].class) return new Found(MessageKind.BINARY, AS_IT_IS, false);
        if (type == ByteBuffer.class) return new Found(MessageKind.BINARY, Conversions::wrap, false);
        if (type == Reader.class) {
            return new Found(MessageKind.TEXT, (session, message) -> new StringReader((String) message), true);
        }
        if (type == InputStream.class) {
            return new Found(
                    MessageKind.BINARY, (session, message) -> new ByteArrayInputStream((byte[]) message), true);
        }
        if (type == PongMessage.class) return new Found(MessageKind.PONG, AS_IT_IS, false);
        if (TextConversion.isPrimitive(type)) {
            return new Found(MessageKind.TEXT, (session, message) -> primitive(type, (String) message), false);
        }
        return null;
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
