package org.dormouse.servlet.session;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A session as a store keeps it. Immutable, but for the arrays, which nobody may change.
 *
 * @param version grows with each time it is saved
 * @param createdMillis milliseconds since 1970, as the two that follow
 * @param accessedMillis when its last request began
 * @param idleSinceMillis when its last request ended: from there its inactive interval counts
 * @param inactiveSeconds 0 or less: for ever
 * @param login whose it is; null: nobody's
 * @param attributes by name, each serialized by itself
 */
public record StoredSession(
        String id,
        int version,
        long createdMillis,
        long accessedMillis,
        long idleSinceMillis,
        int inactiveSeconds,
        @Nullable Login login,
        Map<String, byte[]> attributes) {
    private static final int FORM = 0xD0530001;

    /**
     * Whose a session is.
     *
     * @param keptAs how the caller logged in for the whole session; null if it was for single requests
     */
    public record Login(
            String name, Set<String> roles, @Nullable String keptAs) {}

    /** When its time is over; {@link Long#MAX_VALUE} for never. */
    public long expiresMillis() {
        return inactiveSeconds <= 0 ? Long.MAX_VALUE : idleSinceMillis + inactiveSeconds * 1000L;
    }

    /** Bytes that {@link #read} turns back. They end with a checksum, which tells damage and no intent. */
    public byte[] toBytes() throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.writeInt(FORM);
        out.writeUTF(id);
        out.writeInt(version);
        out.writeLong(createdMillis);
        out.writeLong(accessedMillis);
        out.writeLong(idleSinceMillis);
        out.writeInt(inactiveSeconds);
        out.writeBoolean(login != null);
        if (login != null) {
            out.writeUTF(login.name);
            out.writeUTF(login.keptAs == null ? "" : login.keptAs);
            out.writeInt(login.roles.size());
            for (String role : login.roles) out.writeUTF(role);
        }
        out.writeInt(attributes.size());
        for (Map.Entry<String, byte[]> attribute : attributes.entrySet()) {
            out.writeUTF(attribute.getKey());
            out.writeInt(attribute.getValue().length);
            out.write(attribute.getValue());
        }
        out.writeInt(checksum(bytes.toByteArray(), bytes.size()));
        return bytes.toByteArray();
    }

    /**
     * Reads what {@link #toBytes} wrote.
     *
     * @throws IOException if it is something else, or not whole and unchanged
     */
    public static StoredSession read(byte[] bytes) throws IOException {
        int end = bytes.length - 4;
        if (end < 4) throw new IOException(bytes.length + " bytes are no session");
        int sum = new DataInputStream(new ByteArrayInputStream(bytes, end, 4)).readInt();
        if (sum != checksum(bytes, end)) throw new IOException("the checksum of a session is wrong");
        var in = new DataInputStream(new ByteArrayInputStream(bytes, 0, end));
        int form = in.readInt();
        if (form != FORM) throw new IOException("session in the unknown form " + Integer.toHexString(form));
        String id = in.readUTF();
        int version = in.readInt();
        long created = in.readLong();
        long accessed = in.readLong();
        long idleSince = in.readLong();
        int inactiveSeconds = in.readInt();
        Login login = in.readBoolean() ? readLogin(in) : null;
        Map<String, byte[]> attributes = new LinkedHashMap<>();
        for (int i = in.readInt(); i > 0; i--) {
            String name = in.readUTF();
            int length = in.readInt();
            if (length < 0 || length > in.available()) throw new IOException("an attribute of " + length + " bytes");
            attributes.put(name, in.readNBytes(length));
        }
        return new StoredSession(id, version, created, accessed, idleSince, inactiveSeconds, login, attributes);
    }

    private static Login readLogin(DataInputStream in) throws IOException {
        String name = in.readUTF();
        String keptAs = in.readUTF();
        Set<String> roles = new LinkedHashSet<>();
        for (int i = in.readInt(); i > 0; i--) roles.add(in.readUTF());
        return new Login(name, roles, keptAs.isEmpty() ? null : keptAs);
    }

    private static int checksum(byte[] bytes, int length) {
        var sum = new CRC32C();
        sum.update(bytes, 0, length);
        return (int) sum.getValue();
    }
}
