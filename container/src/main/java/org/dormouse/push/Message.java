package org.dormouse.push;

import jakarta.websocket.EncodeException;
import jakarta.websocket.Encoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is said to many: its bytes are made once, and so is each form in which they go out (a frame, a compressed frame, an event), however many
 * get it and in however many groups. Immutable; any thread.
 *
 * <pre>{@code
 * Message price = Message.text("{\"gold\": 2301.5}").named("price").withId("4711");
 * }</pre>
 *
 * To a WebSocket, name and id are not sent. An event stream gets the text as {@code data}; nothing binary can be sent to it.
 */
public final class Message {
    private final boolean isText;
    private final byte[] payload;
    private final @Nullable String name;
    private final @Nullable String id;
    private @Nullable Form forms; // guarded by this

    private record Form(Object key, Object made, @Nullable Form next) {}

    private Message(boolean isText, byte[] payload, @Nullable String name, @Nullable String id) {
        this.isText = isText;
        this.payload = payload;
        this.name = name;
        this.id = id;
    }

    public static Message text(String text) {
        return new Message(true, text.getBytes(StandardCharsets.UTF_8), null, null);
    }

    /** Copies {@code bytes}. */
    public static Message binary(byte[] bytes) {
        return new Message(false, bytes.clone(), null, null);
    }

    /** Copies what remains of {@code bytes}, whose position stays. */
    public static Message binary(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(bytes.position(), copy);
        return new Message(false, copy, null, null);
    }

    /**
     * What {@code encoder} makes of {@code object}, once for all.
     *
     * @throws EncodeException what it throws
     */
    public static <T> Message text(T object, Encoder.Text<T> encoder) throws EncodeException {
        return text(encoder.encode(object));
    }

    /**
     * What {@code encoder} makes of {@code object}, once for all.
     *
     * @throws EncodeException what it throws
     */
    public static <T> Message binary(T object, Encoder.Binary<T> encoder) throws EncodeException {
        return binary(encoder.encode(object));
    }

    /**
     * The same, as an event of this name: {@code addEventListener(name, ...)} in a browser.
     *
     * @throws IllegalArgumentException if the name has a line end
     */
    public Message named(String event) {
        return new Message(isText, payload, EventText.oneLine("event", event), id);
    }

    /**
     * The same, with an id: a client that lost its event stream says which it had last ({@link EventStream#lastEventId}).
     *
     * @throws IllegalArgumentException if the id has a line end or U+0000
     */
    public Message withId(String eventId) {
        return new Message(isText, payload, name, EventText.oneLine("id", eventId));
    }

    public boolean isText() {
        return isText;
    }

    /** Bytes of the payload; of a text, in UTF-8. */
    public int size() {
        return payload.length;
    }

    @Nullable
    String name() {
        return name;
    }

    @Nullable
    String id() {
        return id;
    }

    /**
     * A form of this message, made once. For recipients, not for applications.
     *
     * @param key names the form
     * @param make is lent the payload, which nobody may change; who asks for the same form meanwhile waits, for no longer than making it takes
     */
    @SuppressWarnings("unchecked") // a key is that of one kind of form
    public synchronized <T> T form(Object key, Function<byte[], T> make) {
        for (Form f = forms; f != null; f = f.next) if (f.key.equals(key)) return (T) f.made;
        T made = make.apply(payload);
        forms = new Form(key, made, forms);
        return made;
    }

    @Override
    public String toString() {
        return (isText ? "text" : "binary") + " message of " + payload.length + " bytes";
    }
}
