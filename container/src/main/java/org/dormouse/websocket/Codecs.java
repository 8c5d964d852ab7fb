package org.dormouse.websocket;

import jakarta.websocket.Decoder;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Encoder;
import jakarta.websocket.EndpointConfig;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The encoders and decoders of one endpoint: which there are and what they take (Jakarta WebSocket 2.2 §2.5). Immutable, shared by its
 * sessions; the instances belong to a session, see {@link SessionCodecs}.
 */
final class Codecs {
    /** How a coder is called. */
    enum Form {
        TEXT(Decoder.Text.class, Encoder.Text.class),
        TEXT_STREAM(Decoder.TextStream.class, Encoder.TextStream.class),
        BINARY(Decoder.Binary.class, Encoder.Binary.class),
        BINARY_STREAM(Decoder.BinaryStream.class, Encoder.BinaryStream.class);

        private final Class<?> decoder;
        private final Class<?> encoder;

        Form(Class<?> decoder, Class<?> encoder) {
            this.decoder = decoder;
            this.encoder = encoder;
        }

        MessageKind kind() {
            return this == TEXT || this == TEXT_STREAM ? MessageKind.TEXT : MessageKind.BINARY;
        }

        boolean isStream() {
            return this == TEXT_STREAM || this == BINARY_STREAM;
        }
    }

    /**
     * One form of a coder: a class may have several.
     *
     * @param type what it encodes or decodes to
     * @param index of its instance among those of a session
     */
    record Codec(Class<?> codecClass, Form form, Class<?> type, Constructor<?> constructor, int index) {}

    private final List<Codec> decoders;
    private final List<Codec> encoders;

    private Codecs(List<Codec> decoders, List<Codec> encoders) {
        this.decoders = List.copyOf(decoders);
        this.encoders = List.copyOf(encoders);
    }

    /** @throws DeploymentException if one cannot be made, or does not say for which type it is */
    static Codecs of(EndpointConfig config) throws DeploymentException {
        List<Codec> decoders = new ArrayList<>();
        int decoderIndex = 0;
        for (Class<?> decoder : config.getDecoders()) addCodec(decoders, decoder, decoderIndex++, form -> form.decoder);
        List<Codec> encoders = new ArrayList<>();
        int encoderIndex = 0;
        for (Class<?> encoder : config.getEncoders()) addCodec(encoders, encoder, encoderIndex++, form -> form.encoder);
        return new Codecs(decoders, encoders);
    }

    int decoderCount() {
        return decoders.isEmpty() ? 0 : decoders.getLast().index() + 1;
    }

    int encoderCount() {
        return encoders.isEmpty() ? 0 : encoders.getLast().index() + 1;
    }

    /**
     * How messages are decoded to {@code type}, by the decoders for it in the order they are declared: text messages, binary ones, or both
     * where there are decoders of both; empty if there are none.
     */
    List<Conversions.Found> decoding(Class<?> type) {
        Class<?> wanted = TextConversion.boxed(type);
        List<Conversions.Found> found = new ArrayList<>(2);
        for (MessageKind kind : List.of(MessageKind.TEXT, MessageKind.BINARY)) {
            List<Codec> usable = decoders.stream()
                    .filter(decoder -> decoder.form().kind() == kind && wanted.isAssignableFrom(decoder.type()))
                    .toList();
            if (!usable.isEmpty()) found.add(decoding(kind, usable));
        }
        return found;
    }

    /** A stream decoder takes whatever comes: if it is the first, nothing has to wait until the message is whole. */
    private static Conversions.Found decoding(MessageKind kind, List<Codec> usable) {
        Codec first = usable.getFirst();
        boolean isStream = first.form().isStream();
        Conversion conversion = isStream
                ? (session, message) -> session.codecs().decodeStream(first, message)
                : kind == MessageKind.TEXT
                        ? (session, message) -> session.codecs().decode(usable, (String) message)
                        : (session, message) -> session.codecs().decode(usable, (byte[]) message);
        return new Conversions.Found(kind, conversion, isStream);
    }

    /** The first encoder that takes objects of {@code type}: declared for that class, or a class or interface above it. */
    @Nullable
    Codec encoder(Class<?> type) {
        Class<?> wanted = TextConversion.boxed(type);
        for (Codec encoder : encoders) if (encoder.type().isAssignableFrom(wanted)) return encoder;
        return null;
    }

    /** Whether some object that a method declared to return {@code type} may give could be encoded. */
    boolean mayEncode(Class<?> type) {
        if (type == String.class || type == byte[].class || ByteBuffer.class.isAssignableFrom(type)) return true;
        if (TextConversion.isPrimitive(type) || type.isAssignableFrom(String.class)) return true;
        for (Codec encoder : encoders) {
            if (encoder.type().isAssignableFrom(type) || type.isAssignableFrom(encoder.type())) return true;
        }
        return false;
    }

    private static void addCodec(
            List<Codec> codecs, Class<?> codecClass, int index, Function<Form, Class<?>> interfaceOf)
            throws DeploymentException {
        boolean known = false;
        for (Form form : Form.values()) {
            Class<?> coder = interfaceOf.apply(form);
            if (!coder.isAssignableFrom(codecClass)) continue;
            Class<?> type = GenericTypes.argument(codecClass, coder);
            if (type == null)
                throw new DeploymentException(codecClass.getName() + " does not say which type it is for");
            codecs.add(new Codec(codecClass, form, TextConversion.boxed(type), constructor(codecClass), index));
            known = true;
        }
        if (!known) throw new DeploymentException(codecClass.getName() + " is none of the known forms of coders");
    }

    private static Constructor<?> constructor(Class<?> codecClass) throws DeploymentException {
        if (Modifier.isAbstract(codecClass.getModifiers()))
            throw new DeploymentException(codecClass.getName() + " is abstract");
        try {
            Constructor<?> constructor = codecClass.getDeclaredConstructor();
            constructor.setAccessible(true);
            return constructor;
        } catch (NoSuchMethodException | RuntimeException e) {
            throw new DeploymentException(
                    codecClass.getName() + " has no constructor without parameters to be made with", e);
        }
    }
}
