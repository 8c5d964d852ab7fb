package org.dormouse.websocket;

import jakarta.websocket.Extension;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.server.ServerEndpointConfig;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.dormouse.http.FieldSyntax;
import org.dormouse.http.Headers;
import org.dormouse.websocket.frame.DeflateTerms;
import org.dormouse.websocket.frame.ExtensionField;
import org.dormouse.websocket.frame.NamedExtension;
import org.jspecify.annotations.Nullable;

/** The server's side of the opening handshake (RFC 6455 §4.2): checked in the order of the RFC, then shown to the configurator. */
final class Handshake {
    private static final String KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final String ACCEPT = HandshakeResponse.SEC_WEBSOCKET_ACCEPT;
    private static final String PROTOCOL = "Sec-WebSocket-Protocol";
    private static final String ALLOWED_ORIGINS = "websocket.allowed-origins";

    private Handshake() {}

    static WebSocketUpgrade accept(
            DeployedEndpoint endpoint, Map<String, String> pathParameters, OpeningRequest request, Executor executor)
            throws HandshakeRefused {
        Map<String, List<String>> given = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        given.putAll(request.getHeaders());
        checkRequest(request, given);
        String key = key(given);
        EndpointContainer container = endpoint.server().container();
        container.sessionLimits().check(request.clientAddress());
        HandshakeScope scope = new HandshakeScope(request, container.host());
        return scope.call(() -> accept(endpoint, pathParameters, request, given, key, scope, executor));
    }

    private static WebSocketUpgrade accept(
            DeployedEndpoint endpoint,
            Map<String, String> pathParameters,
            OpeningRequest request,
            Map<String, List<String>> given,
            String key,
            HandshakeScope scope,
            Executor executor)
            throws HandshakeRefused {
        ServerSide server = endpoint.server();
        ServerEndpointConfig config = server.config();
        ServerEndpointConfig.Configurator configurator = server.configurator();
        checkOrigin(configurator, given);
        String subprotocol = subprotocol(config, configurator, given);

        Headers fields = new Headers();
        fields.add(ACCEPT, accept(key));
        if (!subprotocol.isEmpty()) fields.add(PROTOCOL, subprotocol);
        DeflateTerms.@Nullable Answer compression = compression(server, given);
        if (compression != null)
            fields.add(ExtensionField.NAME, compression.extension().toString());
        Map<String, Object> userProperties = userProperties(config, server.looksAtHandshake());
        if (server.looksAtHandshake() && userProperties != null) {
            fields = modified(server, userProperties, new MatchedRequest(request, pathParameters), fields);
            if (compression != null && !isAnswered(fields, compression)) compression = null;
        }
        Object instance = instance(config, configurator);
        HandshakeResult result = new HandshakeResult(
                request.requestUri(),
                pathParameters,
                request.getUserPrincipal(),
                subprotocol,
                compression,
                userProperties);
        return new WebSocketUpgrade(endpoint, instance, scope.hasPrepared(instance), result, fields, request, executor);
    }

    private static void checkRequest(OpeningRequest request, Map<String, List<String>> given) throws HandshakeRefused {
        if (!request.method().equals("GET")) {
            throw new HandshakeRefused(405, "WebSocket handshake by " + request.method() + ", not GET");
        }
        if (!tokens(given, "Upgrade").contains("websocket")) throw new HandshakeRefused(400, "no Upgrade: websocket");
        if (!tokens(given, "Connection").contains("upgrade")) throw new HandshakeRefused(400, "no Connection: Upgrade");
        List<String> versions = given.getOrDefault("Sec-WebSocket-Version", List.of());
        if (versions.size() != 1 || !versions.getFirst().trim().equals("13")) {
            throw new HandshakeRefused(426, "Sec-WebSocket-Version " + versions + ", supported is 13");
        }
    }

    /** Base64 of 16 bytes, once (RFC 6455 §4.2.1 item 5). */
    private static String key(Map<String, List<String>> given) throws HandshakeRefused {
        List<String> keys = given.getOrDefault("Sec-WebSocket-Key", List.of());
        if (keys.size() != 1) throw new HandshakeRefused(400, keys.size() + " Sec-WebSocket-Key fields instead of one");
        String key = keys.getFirst().trim();
        try {
            if (key.length() == 24 && Base64.getDecoder().decode(key).length == 16) return key;
        } catch (IllegalArgumentException e) {
            // not Base64: the same answer
        }
        throw new HandshakeRefused(400, "Sec-WebSocket-Key is not 16 bytes in Base64");
    }

    private static String accept(String key) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            return Base64.getEncoder()
                    .encodeToString(sha1.digest((key + KEY_SUFFIX).getBytes(StandardCharsets.ISO_8859_1)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e); // every JDK has SHA-1
        }
    }

    private static void checkOrigin(ServerEndpointConfig.Configurator configurator, Map<String, List<String>> given)
            throws HandshakeRefused {
        List<String> origins = given.getOrDefault("Origin", List.of());
        @Nullable String origin = origins.isEmpty() ? null : origins.getFirst();
        if (origins.size() > 1 || !configurator.checkOrigin(origin)) {
            throw new HandshakeRefused(
                    403,
                    "origin " + origins + " is neither the server's own nor allowed (" + ALLOWED_ORIGINS
                            + ", or checkOrigin of the configurator)");
        }
    }

    private static String subprotocol(
            ServerEndpointConfig config,
            ServerEndpointConfig.Configurator configurator,
            Map<String, List<String>> given)
            throws HandshakeRefused {
        List<String> requested = new ArrayList<>();
        for (String field : given.getOrDefault(PROTOCOL, List.of())) {
            for (String name : field.split(",", -1)) requested.add(token(name.trim()));
        }
        String chosen = configurator.getNegotiatedSubprotocol(
                config.getSubprotocols(), Collections.unmodifiableList(requested));
        if (chosen == null || chosen.isEmpty()) return "";
        if (!requested.contains(chosen)) {
            throw new HandshakeRefused(
                    500, "the configurator chose subprotocol " + chosen + ", asked for were " + requested);
        }
        return chosen;
    }

    /**
     * What the client offers, the configurator likes and we can do: the first such offer of permessage-deflate. The configurator is shown what
     * the endpoint was configured with, too.
     */
    private static DeflateTerms.@Nullable Answer compression(ServerSide server, Map<String, List<String>> given)
            throws HandshakeRefused {
        SessionContainer container = server.container();
        ServerEndpointConfig config = server.config();
        ServerEndpointConfig.Configurator configurator = server.configurator();
        List<String> fields = given.getOrDefault(ExtensionField.NAME, List.of());
        if (fields.isEmpty()) return null;
        List<Extension> offered;
        try {
            offered = Collections.unmodifiableList(ExtensionField.parse(fields));
        } catch (IllegalArgumentException e) {
            throw new HandshakeRefused(400, String.valueOf(e.getMessage()));
        }
        List<Extension> installed = new ArrayList<>(config.getExtensions());
        installed.addAll(container.installedExtensions());
        List<Extension> chosen = configurator.getNegotiatedExtensions(Collections.unmodifiableList(installed), offered);
        if (chosen == null) return null;
        List<NamedExtension> acceptable = chosen.stream()
                .map(NamedExtension::of)
                .filter(offered::contains)
                .toList();
        return container.services().pools().answer(acceptable);
    }

    /** Whether the answer still says so: an application that takes the field out does without compression. */
    private static boolean isAnswered(Headers fields, DeflateTerms.Answer compression) {
        return compression.extension().toString().equals(fields.first(ExtensionField.NAME));
    }

    private static String token(String name) throws HandshakeRefused {
        boolean valid = !name.isEmpty();
        for (int i = 0; i < name.length(); i++) valid &= FieldSyntax.isTokenChar(name.charAt(i));
        if (!valid) throw new HandshakeRefused(400, PROTOCOL + " with \"" + name + "\", which is no token");
        return name;
    }

    /** A copy for this connection, where somebody may look at it or something is in it; else it is made when the session is asked. */
    private static @Nullable Map<String, Object> userProperties(ServerEndpointConfig config, boolean needed) {
        Map<String, Object> shared = config.getUserProperties();
        if (!needed && shared.isEmpty()) return null;
        return Collections.synchronizedMap(new HashMap<>(shared));
    }

    private static Headers modified(
            ServerSide server, Map<String, Object> userProperties, MatchedRequest request, Headers fields)
            throws HandshakeRefused {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 0; i < fields.size(); i++) {
            headers.computeIfAbsent(fields.name(i), name -> new ArrayList<>()).add(fields.value(i));
        }
        HandshakeResponse response = () -> headers;
        server.configurator()
                .modifyHandshake(new SessionEndpointConfig(server, () -> userProperties), request, response);
        Headers modified = new Headers();
        try {
            headers.forEach((name, values) -> values.forEach(value -> modified.add(name, value)));
        } catch (IllegalArgumentException e) {
            throw new HandshakeRefused(500, "modifyHandshake left a bad field: " + e.getMessage());
        }
        return modified;
    }

    private static Object instance(ServerEndpointConfig config, ServerEndpointConfig.Configurator configurator)
            throws HandshakeRefused {
        Object instance;
        try {
            instance = configurator.getEndpointInstance(config.getEndpointClass());
        } catch (InstantiationException e) {
            HandshakeRefused refused = new HandshakeRefused(500, String.valueOf(e.getMessage()));
            refused.initCause(e);
            throw refused;
        }
        if (config.getEndpointClass().isInstance(instance)) return instance;
        throw new HandshakeRefused(
                500,
                configurator.getClass().getName() + " has given "
                        + (instance == null
                                ? "nothing"
                                : "a " + instance.getClass().getName()) + " for a "
                        + config.getEndpointClass().getName());
    }

    /** The members of a list field, in lower case (RFC 9110 §5.6.1). */
    private static List<String> tokens(Map<String, List<String>> given, String name) {
        List<String> tokens = new ArrayList<>();
        for (String field : given.getOrDefault(name, List.of())) {
            for (String token : field.split(",", -1)) tokens.add(token.trim().toLowerCase(java.util.Locale.ROOT));
        }
        return tokens;
    }
}
