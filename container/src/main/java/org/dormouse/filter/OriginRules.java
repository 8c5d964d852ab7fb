package org.dormouse.filter;

import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A list of origins, and which a request has (RFC 6454). Immutable.
 *
 * <pre>{@code https://app.example.com, https://*.example.com:8443, null, *}</pre>
 */
public final class OriginRules {
    /** What a list has to look like. */
    public static final String EXPECTED =
            "origins as in https://app.example.com, https://*.example.com:8443, null, or *";

    private static final String ANY = "*";

    /** How an origin is written that is nobody's: of a sandboxed frame, a file, a redirect between sites (HTML, opaque origins). */
    private static final String OPAQUE = "null";

    private final Set<String> exact;
    private final List<WildOrigin> wild;
    private final boolean isAny;

    /** {@code https://*.example.com}, with a port or without. */
    private record WildOrigin(String start, String end) {
        boolean matches(String origin) {
            int length = origin.length() - start.length() - end.length();
            if (length < 1 || !origin.startsWith(start) || !origin.endsWith(end)) return false;
            HostText host = HostText.parse(origin.substring(start.length(), start.length() + length));
            return host != null && host.port() < 0 && !host.host().startsWith("[");
        }
    }

    private OriginRules(Set<String> exact, List<WildOrigin> wild, boolean isAny) {
        this.exact = Set.copyOf(exact);
        this.wild = List.copyOf(wild);
        this.isAny = isAny;
    }

    /**
     * Reads a list; an empty one allows nobody.
     *
     * @throws IllegalArgumentException with the element that is none
     */
    public static OriginRules of(List<String> origins) {
        var exact = new HashSet<String>();
        var wild = new ArrayList<WildOrigin>();
        boolean isAny = false;
        for (String origin : origins) {
            int star = origin.indexOf('*');
            if (origin.equals(ANY)) isAny = true;
            else if (origin.equals(OPAQUE)) exact.add(origin);
            else if (!isOrigin(star < 0 ? origin : origin.replaceFirst("\\*", "x"))) throw wrong(origin);
            else if (star < 0) exact.add(origin);
            else if (origin.startsWith("://*.", star - 3))
                wild.add(new WildOrigin(origin.substring(0, star), origin.substring(star + 1)));
            else throw wrong(origin);
        }
        return new OriginRules(exact, wild, isAny);
    }

    private static IllegalArgumentException wrong(String origin) {
        return new IllegalArgumentException(origin + ", expected are " + EXPECTED);
    }

    /** As a browser writes it (RFC 6454 §6.2): scheme, host in lower case, port unless it is the scheme's. */
    private static boolean isOrigin(String text) {
        int colon = text.indexOf("://");
        if (colon < 1) return false;
        for (int i = 0; i < colon; i++) {
            char c = text.charAt(i);
            boolean isLetter = c >= 'a' && c <= 'z';
            if (!isLetter && (i == 0 || !((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'))) return false;
        }
        String authority = text.substring(colon + 3);
        HostText host = HostText.parse(authority);
        return host != null && host.toString().equals(authority);
    }

    /** Whether every origin is in the list. */
    public boolean isAny() {
        return isAny;
    }

    /** Whether the list has {@code null}. */
    boolean hasOpaque() {
        return exact.contains(OPAQUE);
    }

    public boolean allows(String origin) {
        if (isAny || exact.contains(origin)) return true;
        for (int i = 0; i < wild.size(); i++) if (wild.get(i).matches(origin)) return true;
        return false;
    }

    /** Whether {@code origin} is that of {@code request} itself, as far as filters in front have told where it was sent to. */
    public static boolean isOwn(String origin, HttpServletRequest request) {
        String scheme = request.getScheme();
        int length = scheme.length();
        if (!origin.startsWith(scheme) || !origin.startsWith("://", length)) return false;
        HostText theirs = HostText.parse(origin.substring(length + 3));
        if (theirs == null) return false;
        int usual = request.isSecure() ? 443 : 80;
        return theirs.host().equals(request.getServerName().toLowerCase(Locale.ROOT))
                && (theirs.port() < 0 ? usual : theirs.port()) == request.getServerPort();
    }
}
