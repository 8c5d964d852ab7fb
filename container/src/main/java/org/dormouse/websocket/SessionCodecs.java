package org.dormouse.websocket;

import jakarta.websocket.DecodeException;
import jakarta.websocket.Decoder;
import jakarta.websocket.EncodeException;
import jakarta.websocket.Encoder;
import jakarta.websocket.EndpointConfig;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.nio.ByteBuffer;
import java.util.List;
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
            Decoder decoder = decoder(codec);
            if (decoder instanceof Decoder.TextStream<?> stream) return stream.decode(new StringReader(text));
            Decoder.Text<?> plain = (Decoder.Text<?>) decoder;
            if (plain.willDecode(text)) return plain.decode(text);
        }
        throw new DecodeException(text, "no decoder wanted the text message");
    }

    /** Decodes by the first of {@code chosen} that will; a stream decoder always will. */
    Object decode(List<Codec> chosen, ByteBuffer bytes) throws DecodeException, IOException {
        for (Codec codec : chosen) {
            Decoder decoder = decoder(codec);
            if (decoder instanceof Decoder.BinaryStream<?> stream) {
                return stream.decode(new ByteArrayInputStream(bytes.array(), bytes.arrayOffset(), bytes.remaining()));
            }
            Decoder.Binary<?> plain = (Decoder.Binary<?>) decoder;
            if (plain.willDecode(bytes.duplicate())) return plain.decode(bytes.duplicate());
        }
        throw new DecodeException(bytes, "no decoder wanted the binary message");
    }

    /** A String or a ByteBuffer that stands for {@code object}. */
    @SuppressWarnings("unchecked") // the encoder was chosen by the type it declares
    Object encode(Codec codec, Object object) throws EncodeException, IOException {
        Encoder encoder;
        synchronized (this) { // any thread may send, and an instance must be made and initialised once
            encoder = encoder(codec);
            if (encoder instanceof Encoder.Text<?> text) return ((Encoder.Text<Object>) text).encode(object);
            if (encoder instanceof Encoder.Binary<?> binary) return ((Encoder.Binary<Object>) binary).encode(object);
            if (encoder instanceof Encoder.TextStream<?> stream) {
                StringWriter written = new StringWriter();
                ((Encoder.TextStream<Object>) stream).encode(object, written);
                return written.toString();
            }
            ByteArrayOutputStream written = new ByteArrayOutputStream();
            ((Encoder.BinaryStream<Object>) encoder).encode(object, written);
            return ByteBuffer.wrap(written.toByteArray());
        }
    }

    /** The session has ended. */
    synchronized void destroy() {
        for (Decoder decoder : decoders) if (decoder != null) decoder.destroy();
        for (Encoder encoder : encoders) if (encoder != null) encoder.destroy();
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
