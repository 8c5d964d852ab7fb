package org.dormouse.websocket.frame;

import jakarta.websocket.Extension;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.dormouse.websocket.frame.NamedExtension.NamedParameter;
import org.jspecify.annotations.Nullable;

/**
 * What the two ends have agreed on for permessage-deflate (RFC 7692 §7.1), seen from ours.
 *
 * @param keepsOwnContext whether a message that we send may refer to those before it
 * @param keepsPeersContext whether one of the peer's may
 * @param ownBits how far back, as a power of two, what we send may refer: 8 to 15
 * @param peersBits the same for the peer. What we decode with reaches 15 in any case
 */
public record DeflateTerms(boolean keepsOwnContext, boolean keepsPeersContext, int ownBits, int peersBits) {
    public static final String EXTENSION = "permessage-deflate";
    public static final int MIN_BITS = 8;
    public static final int MAX_BITS = 15;

    private static final String SERVER_NO_CONTEXT = "server_no_context_takeover";
    private static final String CLIENT_NO_CONTEXT = "client_no_context_takeover";
    private static final String SERVER_BITS = "server_max_window_bits";
    private static final String CLIENT_BITS = "client_max_window_bits";

    private static final int ABSENT = 0;
    private static final int ANY = -1;

    public DeflateTerms {
        if (ownBits < MIN_BITS || ownBits > MAX_BITS || peersBits < MIN_BITS || peersBits > MAX_BITS)
            throw new IllegalArgumentException("window bits " + ownBits + ", " + peersBits);
    }

    /** What a server answers, and what holds then. */
    public record Answer(DeflateTerms terms, NamedExtension extension) {}

    /** The parameters of one offer or answer, if they are valid in themselves. */
    private record Parameters(boolean serverNoContext, boolean clientNoContext, int serverBits, int clientBits) {
        /** Null if one is unknown, there twice, or has a value that it cannot have. */
        static @Nullable Parameters of(Extension extension, boolean isOffer) {
            boolean serverNoContext = false;
            boolean clientNoContext = false;
            int serverBits = ABSENT;
            int clientBits = ABSENT;
            Set<String> seen = new HashSet<>();
            for (Extension.Parameter parameter : extension.getParameters()) {
                String name = parameter.getName();
                @Nullable String value = parameter.getValue();
                if (!seen.add(name)) return null;
                switch (name) {
                    case SERVER_NO_CONTEXT, CLIENT_NO_CONTEXT -> {
                        if (value != null) return null;
                        if (name.equals(SERVER_NO_CONTEXT)) serverNoContext = true;
                        else clientNoContext = true;
                    }
                    case SERVER_BITS -> {
                        serverBits = bits(value);
                        if (serverBits == ABSENT) return null;
                    }
                    case CLIENT_BITS -> {
                        clientBits = value == null && isOffer ? ANY : bits(value);
                        if (clientBits == ABSENT) return null;
                    }
                    default -> {
                        return null;
                    }
                }
            }
            return new Parameters(serverNoContext, clientNoContext, serverBits, clientBits);
        }

        /** What is asked of a server it has to grant, and a client's window it may only bound where the client has said that it can. */
        boolean isAnswerTo(Parameters offered) {
            boolean grantsContext = serverNoContext || !offered.serverNoContext;
            boolean grantsBits =
                    offered.serverBits == ABSENT || (serverBits != ABSENT && serverBits <= offered.serverBits);
            boolean mayBound = clientBits == ABSENT
                    || offered.clientBits == ANY
                    || (offered.clientBits != ABSENT && clientBits <= offered.clientBits);
            return grantsContext && grantsBits && mayBound;
        }

        /** 8 to 15, without a zero in front (RFC 7692 §7.1.2). */
        private static int bits(@Nullable String value) {
            if (value == null) return ABSENT;
            return switch (value) {
                case "8" -> 8;
                case "9" -> 9;
                case "10" -> 10;
                case "11" -> 11;
                case "12" -> 12;
                case "13" -> 13;
                case "14" -> 14;
                case "15" -> 15;
                default -> ABSENT;
            };
        }
    }

    /** The answer to the first of {@code offers} that can be accepted; null if none can: then messages stay uncompressed. */
    public static @Nullable Answer answer(List<? extends Extension> offers, DeflateSettings settings) {
        if (!settings.isOn()) return null;
        for (Extension offer : offers) {
            if (!offer.getName().equals(EXTENSION)) continue;
            Parameters offered = Parameters.of(offer, true);
            if (offered != null) return answer(offered, settings);
        }
        return null;
    }

    /** Whatever is valid can be accepted: a window that the peer wants smaller is kept by flushing (see {@link MessageDeflater}). */
    private static Answer answer(Parameters offered, DeflateSettings settings) {
        boolean ownContext = settings.keepsContext() && !offered.serverNoContext;
        boolean peersContext = settings.keepsContext() && !offered.clientNoContext;
        int ownBits = offered.serverBits == ABSENT
                ? settings.windowBits()
                : Math.min(offered.serverBits, settings.windowBits());
        int peersBits = offered.clientBits >= MIN_BITS ? offered.clientBits : MAX_BITS;
        List<Extension.Parameter> parameters = new ArrayList<>(3);
        if (!ownContext) parameters.add(new NamedParameter(SERVER_NO_CONTEXT, null));
        if (!peersContext) parameters.add(new NamedParameter(CLIENT_NO_CONTEXT, null));
        if (offered.serverBits != ABSENT || ownBits < MAX_BITS)
            parameters.add(new NamedParameter(SERVER_BITS, Integer.toString(ownBits)));
        return new Answer(
                new DeflateTerms(ownContext, peersContext, ownBits, peersBits),
                new NamedExtension(EXTENSION, parameters));
    }

    /** What a client offers. It can keep any window that the server asks for. */
    public static NamedExtension offer(DeflateSettings settings) {
        List<Extension.Parameter> parameters = new ArrayList<>(3);
        if (!settings.keepsContext()) {
            parameters.add(new NamedParameter(SERVER_NO_CONTEXT, null));
            parameters.add(new NamedParameter(CLIENT_NO_CONTEXT, null));
        }
        int bits = settings.windowBits();
        parameters.add(new NamedParameter(CLIENT_BITS, bits == MAX_BITS ? null : Integer.toString(bits)));
        return new NamedExtension(EXTENSION, parameters);
    }

    /**
     * What holds for a client whose {@code offer} was answered so.
     *
     * @throws IllegalArgumentException if no server may answer so: the connection has to be failed (RFC 7692 §5.1, §7.1)
     */
    public static DeflateTerms accepted(Extension answer, Extension offer, DeflateSettings settings) {
        Parameters given = answer.getName().equals(EXTENSION) ? Parameters.of(answer, false) : null;
        Parameters offered = Parameters.of(offer, true);
        if (given == null || offered == null || !given.isAnswerTo(offered))
            throw new IllegalArgumentException("extension \"" + NamedExtension.of(answer) + "\" is no answer to \""
                    + NamedExtension.of(offer) + "\"");
        int ownBits = offered.clientBits >= MIN_BITS ? offered.clientBits : settings.windowBits();
        return new DeflateTerms(
                settings.keepsContext() && !given.clientNoContext && !offered.clientNoContext,
                !given.serverNoContext,
                given.clientBits == ABSENT ? ownBits : Math.min(ownBits, given.clientBits),
                given.serverBits == ABSENT ? MAX_BITS : given.serverBits);
    }
}
