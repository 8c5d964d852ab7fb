package org.dormouse.websocket.client;

import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Session;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.util.List;
import org.dormouse.transport.Connections;
import org.dormouse.websocket.ClientConnection;
import org.dormouse.websocket.ClientUpgrade;
import org.dormouse.websocket.SessionContainer;
import org.dormouse.websocket.frame.DeflateTerms;
import org.jspecify.annotations.Nullable;

/** Connects the clients of a container by the opening handshake, over the loops of this JVM's clients. Any thread, which waits. */
public final class HandshakeClient implements SessionContainer.Connector {
    @Override
    public Session connect(ClientConnection endpoint, URI uri) throws DeploymentException, IOException {
        ServerAddress address = ServerAddress.of(uri);
        ClientSettings settings;
        try {
            settings = ClientSettings.of(endpoint.config().getUserProperties());
        } catch (IllegalArgumentException e) {
            throw new DeploymentException(e.getMessage(), e);
        }
        ClientLoops loops = ClientLoops.enter();
        try {
            return new Attempt(endpoint, settings, loops, address).run();
        } catch (Patience.Over | Line.BadAnswer e) {
            throw new DeploymentException("cannot connect to " + address + ": " + e.getMessage(), e);
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException("cannot connect to " + address + ": " + e.getMessage(), e);
        } finally {
            loops.left();
        }
    }

    /** One call of the application: as many requests as redirects and logins ask for. One thread. */
    private static final class Attempt {
        /** The first answer is refused, the second if its nonce was too old. */
        private static final int MAX_LOGINS = 2;

        private final ClientConnection endpoint;
        private final ClientEndpointConfig config;
        private final ClientSettings settings;
        private final ClientLoops loops;
        private final Patience patience;
        private final Route route;
        private final ServerAddress first;
        private ServerAddress address;
        private @Nullable String authorization;
        private int redirects;
        private int logins;

        Attempt(ClientConnection endpoint, ClientSettings settings, ClientLoops loops, ServerAddress address) {
            this.endpoint = endpoint;
            this.config = endpoint.config();
            this.settings = settings;
            this.loops = loops;
            this.first = address;
            this.address = address;
            this.patience = new Patience(settings.handshakeMillis(), ClientSettings.HANDSHAKE_TIMEOUT);
            this.route = new Route(config, settings, loops, patience);
        }

        Session run() throws DeploymentException, IOException {
            Session session = null;
            while (session == null) session = request();
            return session;
        }

        /** Null if there has to be another one. */
        private @Nullable Session request() throws DeploymentException, IOException {
            Connections family = loops.family();
            var line = new Line(family, settings.maxHeadBytes(), patience);
            boolean isHandedOver = false;
            try {
                route.open(line, address);
                OpeningHead opening = OpeningHead.of(config, address, authorization);
                ResponseHead answer = line.ask(opening.text());
                if (answer.status() != 101) {
                    goOnAfter(answer);
                    return null;
                }
                String subprotocol = opening.check(answer);
                DeflateTerms.@Nullable Answer compression = opening.compression(answer, endpoint.compression());
                config.getConfigurator().afterResponse(answer::fields);
                ClientUpgrade upgrade =
                        endpoint.accepted(address.uri(), subprotocol, compression, ClientLoops.executor(family));
                line.become(upgrade);
                isHandedOver = true;
                return upgrade.open();
            } finally {
                if (!isHandedOver) line.close();
            }
        }

        /** Takes what an answer other than 101 says for the next request. */
        private void goOnAfter(ResponseHead answer) throws DeploymentException {
            switch (answer.status()) {
                case 301, 302, 303, 307, 308 -> redirect(answer);
                case 401 -> logIn(answer);
                default -> throw refused(answer, "");
            }
        }

        private void redirect(ResponseHead answer) throws DeploymentException {
            List<String> locations = answer.values("Location");
            String to = locations.size() == 1 ? locations.getFirst() : "nowhere";
            String where = " (Location: " + ResponseHead.printable(to) + ")";
            if (redirects++ >= settings.maxRedirects()) {
                throw refused(
                        answer,
                        where + ", and followed are " + settings.maxRedirects() + " redirects ("
                                + ClientSettings.MAX_REDIRECTS + ")");
            }
            ServerAddress next;
            try {
                next = ServerAddress.of(asWebSocket(URI.create(address.uri()).resolve(URI.create(to))));
            } catch (IllegalArgumentException e) {
                throw refused(answer, where);
            }
            if (address.isSecure() && !next.isSecure()) throw refused(answer, where + ", which is without TLS");
            authorization = null; // for that target, and perhaps for another server
            logins = 0;
            address = next;
        }

        /** A server of HTTP says http where the client says ws. */
        private static URI asWebSocket(URI uri) {
            String text = uri.toString();
            return text.regionMatches(true, 0, "http", 0, 4) ? URI.create("ws" + text.substring(4)) : uri;
        }

        /** User and password are for the server that the application named, not for one that it was sent to. */
        private void logIn(ResponseHead answer) throws DeploymentException {
            String user = settings.user();
            String password = settings.password();
            if (user == null || password == null) {
                throw refused(answer, "; there are " + ClientSettings.USER + " and " + ClientSettings.PASSWORD);
            }
            if (!address.isSameServer(first)) throw refused(answer, ", and it is not the server that was asked first");
            List<Challenge> challenges = Challenge.parse(answer.values("WWW-Authenticate"));
            if (logins++ >= MAX_LOGINS || (logins > 1 && !Login.isStale(challenges)))
                throw refused(answer, " to user " + user);
            String said = new Login(user, password).answer(challenges, address.target());
            if (said == null) throw refused(answer, " with no challenge of DIGEST or BASIC");
            authorization = said;
        }

        private DeploymentException refused(ResponseHead answer, String more) {
            return new DeploymentException(address + " answered " + answer.line() + " instead of 101" + more);
        }
    }
}
