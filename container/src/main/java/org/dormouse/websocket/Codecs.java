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
import org.jspecify.annotations.Nullable;

/**
 * The encoders and decoders of one endpoint: which there are and what they take (Jakarta WebSocket 2.2 §2.5). Immutable, shared by its
 * sessions; the instances belong to a session, see {@link SessionCodecs}.
 */
final class Codecs {
    /** @param type what it encodes or decodes to */
    record Codec(Class<?> codecClass, Class<?> type, Constructor<?> constructor, int index) {
        boolean isText() {
            return Decoder.Text.class.isAssignableFrom(codecClass)
                    || Decoder.TextStream.class.isAssignableFrom(codecClass)
                    || Encoder.Text.class.isAssignableFrom(codecClass)
                    || Encoder.TextStream.class.isAssignableFrom(codecClass);
        }
    }

    private final List<Codec> decoders;
    private final List<Codec> encoders;

    private Codecs(List<Codec> decoders, List<Codec> encoders) {
        this.decoders = List.copyOf(decoders);
        this.encoders = List.copyOf(encoders);
    }

    /** @throws DeploymentException if one cannot be made, or does not say for which type it is */
    static Codecs of(EndpointConfig config) throws DeploymentException {
        List<Codec> decoders = new ArrayList<>();
        for (Class<? extends Decoder> decoder : config.getDecoders()) {
            addCodec(
                    decoders,
                    decoder,
                    Decoder.Text.class,
                    Decoder.TextStream.class,
                    Decoder.Binary.class,
                    Decoder.BinaryStream.class);
        }
        List<Codec> encoders = new ArrayList<>();
        for (Class<? extends Encoder> encoder : config.getEncoders()) {
            addCodec(
                    encoders,
                    encoder,
                    Encoder.Text.class,
                    Encoder.TextStream.class,
                    Encoder.Binary.class,
                    Encoder.BinaryStream.class);
        }
        return new Codecs(decoders, encoders);
    }

    int decoderCount() {
        return decoders.size();
    }

    int encoderCount() {
        return encoders.size();
    }

    /** How messages are decoded to {@code type}: by the decoders for it, of one kind, in the order they are declared. */
    Conversions.@Nullable Found decoding(Class<?> type) {
        Class<?> wanted = TextConversion.boxed(type);
        List<Codec> usable = new ArrayList<>();
        for (Codec decoder : decoders) {
            boolean fits = wanted.isAssignableFrom(decoder.type());
            if (fits && (usable.isEmpty() || usable.getFirst().isText() == decoder.isText())) usable.add(decoder);
        }
        if (usable.isEmpty()) return null;
        List<Codec> chosen = List.copyOf(usable);
        if (chosen.getFirst().isText()) {
            Conversion conversion = (session, message) -> session.codecs().decode(chosen, (String) message);
            return new Conversions.Found(MessageKind.TEXT, conversion, false);
        }
        Conversion conversion =
                (session, message) -> session.codecs().decode(chosen, ByteBuffer.wrap((byte[]) message));
        return new Conversions.Found(MessageKind.BINARY, conversion, false);
    }

    /** The encoder for objects of {@code type}: one for that very class if there is, else the first for a class or interface above it. */
    @Nullable
    Codec encoder(Class<?> type) {
        Class<?> wanted = TextConversion.boxed(type);
        Codec found = null;
        for (Codec encoder : encoders) {
            if (encoder.type() == wanted) return encoder;
            if (found == null && encoder.type().isAssignableFrom(wanted)) found = encoder;
        }
        return found;
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

    private static void addCodec(List<Codec> codecs, Class<?> codecClass, Class<?>... forms)
            throws DeploymentException {
        for (Class<?> form : forms) {
            if (!form.isAssignableFrom(codecClass)) continue;
            Class<?> type = GenericTypes.argument(codecClass, form);
            if (type == null)
                throw new DeploymentException(codecClass.getName() + " does not say which type it is for");
            codecs.add(new Codec(codecClass, type, constructor(codecClass), codecs.size()));
            return;
        }
        throw new DeploymentException(codecClass.getName() + " is none of the known forms of coders");
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
