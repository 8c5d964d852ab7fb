package org.dormouse.websocket.client;

import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Extension;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.dormouse.http.Headers;
import org.dormouse.websocket.frame.DeflateSettings;
import org.dormouse.websocket.frame.DeflateTerms;
import org.dormouse.websocket.frame.ExtensionField;
import org.dormouse.websocket.frame.NamedExtension;
import org.jspecify.annotations.Nullable;

/** One request of the opening handshake, and what its answer has to be (RFC 6455 §4.1). One thread. */
final class OpeningHead {
    private static final String ACCEPT = "Sec-WebSocket-Accept";
    private static final String KEY = "Sec-WebSocket-Key";
    private static final String PROTOCOL = "Sec-WebSocket-Protocol";
    private static final String KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final ServerAddress address;
    private final String key;
    private final Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    private OpeningHead(ServerAddress address) {
        this.address = address;
        byte[] nonce = new byte[16];
        RANDOM.nextBytes(nonce);
        key = Base64.getEncoder().encodeToString(nonce);
    }

    /**
     * The request as {@code config} wants it; its configurator has seen it.
     *
     * @param authorization null if none is known
     */
    static OpeningHead of(ClientEndpointConfig config, ServerAddress address, @Nullable String authorization) {
        var head = new OpeningHead(address);
        head.put("Host", address.authority());
        head.putFixed();
        if (!config.getPreferredSubprotocols().isEmpty())
            head.put(PROTOCOL, String.join(", ", config.getPreferredSubprotocols()));
        List<String> offers = new ArrayList<>();
        for (Extension each : config.getExtensions())
            offers.add(NamedExtension.of(each).toString());
        if (!offers.isEmpty()) head.put(ExtensionField.NAME, String.join(", ", offers));
        if (authorization != null) head.put("Authorization", authorization);
        config.getConfigurator().beforeRequest(head.fields);
        head.putFixed();
        return head;
    }

    /** What makes it a handshake is not the application's to change. */
    private void putFixed() {
        put("Upgrade", "websocket");
        put("Connection", "Upgrade");
        put(KEY, key);
        put("Sec-WebSocket-Version", "13");
    }

    private void put(String name, String value) {
        fields.put(name, new ArrayList<>(List.of(value)));
    }

    /** @throws DeploymentException if the configurator has left a field that cannot be sent */
    String text() throws DeploymentException {
        Headers checked = new Headers();
        try {
            fields.forEach((name, values) -> values.forEach(value -> checked.add(name, value)));
        } catch (RuntimeException e) {
            throw new DeploymentException("beforeRequest left a field that cannot be sent: " + e.getMessage(), e);
        }
        var text = new StringBuilder("GET ").append(address.target()).append(" HTTP/1.1\r\n");
        for (int i = 0; i < checked.size(); i++)
            text.append(checked.name(i)).append(": ").append(checked.value(i)).append("\r\n");
        return text.append("\r\n").toString();
    }

    /**
     * Looks at a 101.
     *
     * @return the subprotocol that the server chose; empty if none
     * @throws DeploymentException if it is not the answer to this request
     */
    String check(ResponseHead answer) throws DeploymentException {
        try {
            if (!answer.lists("Upgrade", "websocket")) throw bad("101 without Upgrade: websocket");
            if (!answer.lists("Connection", "upgrade")) throw bad("101 without Connection: Upgrade");
            String given = answer.single(ACCEPT);
            if (given == null) throw bad("101 without " + ACCEPT);
            if (!given.equals(accept(key))) {
                throw bad(ACCEPT + " " + ResponseHead.printable(given) + ", which is not the answer to the key sent");
            }
            String chosen = answer.single(PROTOCOL);
            if (chosen != null && !offered(PROTOCOL).contains(chosen)) {
                throw bad("subprotocol " + ResponseHead.printable(chosen) + ", asked for were " + offered(PROTOCOL));
            }
            return chosen == null ? "" : chosen;
        } catch (ResponseHead.Malformed e) {
            throw bad(e.getMessage());
        }
    }

    /**
     * What the server took of the extensions that were offered, which can be permessage-deflate only: nothing else is installed here.
     *
     * @return null if nothing
     * @throws DeploymentException if it is none that was offered, or not with these parameters
     */
    DeflateTerms.@Nullable Answer compression(ResponseHead answer, DeflateSettings settings)
            throws DeploymentException {
        List<Extension> accepted;
        try {
            accepted = ExtensionField.parse(answer.values(ExtensionField.NAME));
        } catch (IllegalArgumentException e) {
            throw bad(e.getMessage());
        }
        if (accepted.isEmpty()) return null;
        List<Extension> offers = ExtensionField.parse(fields.getOrDefault(ExtensionField.NAME, List.of()));
        for (Extension each : accepted) {
            if (offers.stream().noneMatch(offer -> offer.getName().equals(each.getName())))
                throw bad("extension " + each.getName() + ", asked for were " + offers);
            if (!each.getName().equals(DeflateTerms.EXTENSION) || !settings.isOn())
                throw bad("extension " + each.getName() + ", which is not installed here");
        }
        if (accepted.size() > 1) throw bad("extensions " + accepted + ", of which one is enough");
        return terms(accepted.getFirst(), offers, settings);
    }

    private DeflateTerms.Answer terms(Extension accepted, List<Extension> offers, DeflateSettings settings)
            throws DeploymentException {
        DeploymentException last = null;
        for (Extension offer : offers) {
            if (!offer.getName().equals(DeflateTerms.EXTENSION)) continue;
            try {
                DeflateTerms terms = DeflateTerms.accepted(accepted, offer, settings);
                return new DeflateTerms.Answer(terms, NamedExtension.of(accepted));
            } catch (IllegalArgumentException e) {
                last = bad(e.getMessage());
            }
        }
        throw last == null ? bad("extension " + accepted) : last;
    }

    private List<String> offered(String name) {
        List<String> all = new ArrayList<>();
        for (String value : fields.getOrDefault(name, List.of())) {
            for (String each : value.split(",", -1)) all.add(each.strip());
        }
        return all;
    }

    private DeploymentException bad(@Nullable String what) {
        return new DeploymentException(address + " answered with " + what);
    }

    static String accept(String key) {
        try {
            byte[] sum =
                    MessageDigest.getInstance("SHA-1").digest((key + KEY_SUFFIX).getBytes(StandardCharsets.ISO_8859_1));
            return Base64.getEncoder().encodeToString(sum);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e); // every JDK has SHA-1
        }
    }
}
