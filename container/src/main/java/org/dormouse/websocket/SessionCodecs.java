package org.dormouse.websocket;

import jakarta.websocket.DecodeException;
import jakarta.websocket.Decoder;
import jakarta.websocket.EncodeException;
import jakarta.websocket.Encoder;
import jakarta.websocket.EndpointConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import org.dormouse.websocket.Codecs.Codec;
import org.jspecify.annotations.Nullable;

/**
 * The encoders and decoders of one session, made when first needed. Decoders are called by the thread that delivers the session's
 * messages, encoders by any, one at a time.
 */
final class SessionCodecs {
    private final EndpointConfig config;
    private final @Nullable Decoder[] decoders;
    private final @Nullable Encoder[] encoders;

    SessionCodecs(Codecs codecs, EndpointConfig config) {
        this.config = config;
        this.decoders = new Decoder[codecs.decoderCount()];
        this.encoders = new Encoder[codecs.encoderCount()];
    }

    /** Decodes by the first of {@code chosen} that will; a stream decoder always will. */
    Object decode(List<Codec> chosen, String text) throws DecodeException, IOException {
        for (Codec codec : chosen) {
            if (codec.form().isStream()) return decodeStream(codec, text);
            Decoder.Text<?> plain = (Decoder.Text<?>) decoder(codec);
            if (plain.willDecode(text)) return plain.decode(text);
        }
        throw new DecodeException(text, "no decoder wanted the text message");
    }

    /** Decodes by the first of {@code chosen} that will; a stream decoder always will. */
    Object decode(List<Codec> chosen, byte[] bytes) throws DecodeException, IOException {
        for (Codec codec : chosen) {
            if (codec.form().isStream()) return decodeStream(codec, bytes);
            Decoder.Binary<?> plain = (Decoder.Binary<?>) decoder(codec);
            if (plain.willDecode(ByteBuffer.wrap(bytes))) return plain.decode(ByteBuffer.wrap(bytes));
        }
        throw new DecodeException(ByteBuffer.wrap(bytes), "no decoder wanted the binary message");
    }

    /** @param message whole, or a stream of it */
    Object decodeStream(Codec codec, Object message) throws DecodeException, IOException {
        return codec.form().kind() == MessageKind.TEXT
                ? ((Decoder.TextStream<?>) decoder(codec)).decode(Conversions.reader(message))
                : ((Decoder.BinaryStream<?>) decoder(codec)).decode(Conversions.stream(message));
    }

    /** A String or a ByteBuffer that stands for {@code object}. */
    @SuppressWarnings("unchecked") // the encoder was chosen by the type it declares
    Object encode(Codec codec, Object object) throws EncodeException, IOException {
        synchronized (this) { // any thread may send, and an encoder is called by one at a time
            Encoder encoder = encoder(codec);
            return switch (codec.form()) {
                case TEXT -> ((Encoder.Text<Object>) encoder).encode(object);
                case BINARY -> ((Encoder.Binary<Object>) encoder).encode(object);
                case TEXT_STREAM -> {
                    StringWriter written = new StringWriter();
                    ((Encoder.TextStream<Object>) encoder).encode(object, written);
                    yield written.toString();
                }
                case BINARY_STREAM -> {
                    ByteArrayOutputStream written = new ByteArrayOutputStream();
                    ((Encoder.BinaryStream<Object>) encoder).encode(object, written);
                    yield ByteBuffer.wrap(written.toByteArray());
                }
            };
        }
    }

    /** The session has ended. One that fails is told to {@code failed}, and the others are destroyed all the same. */
    synchronized void destroy(Consumer<Throwable> failed) {
        for (Decoder decoder : decoders) if (decoder != null) destroy(decoder::destroy, failed);
        for (Encoder encoder : encoders) if (encoder != null) destroy(encoder::destroy, failed);
    }

    private static void destroy(Runnable coder, Consumer<Throwable> failed) {
        try {
            coder.run();
        } catch (Throwable t) {
            failed.accept(t);
        }
    }

    private Decoder decoder(Codec codec) {
        Decoder made = decoders[codec.index()];
        if (made == null) {
            made = (Decoder) make(codec);
            made.init(config);
            decoders[codec.index()] = made;
        }
        return made;
    }

    private Encoder encoder(Codec codec) {
        Encoder made = encoders[codec.index()];
        if (made == null) {
            made = (Encoder) make(codec);
            made.init(config);
            encoders[codec.index()] = made;
        }
        return made;
    }

    private static Object make(Codec codec) {
        try {
            return codec.constructor().newInstance();
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(codec.codecClass().getName() + " cannot be made", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(codec.codecClass().getName() + " cannot be made", e);
        }
    }
}
