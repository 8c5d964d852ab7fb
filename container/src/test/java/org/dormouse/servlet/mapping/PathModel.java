package org.dormouse.servlet.mapping;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Servlet 6.1 §3.5.2 item by item, slow and literal. Items 1, 2 and 9 are other code's business: a path comes without a query. */
public final class PathModel {
    /** What can happen to a path. */
    public enum Rule {
        // Items 3 to 8.
        PARAMETERS_REMOVED,
        OCTET_DECODED,
        SEVERAL_OCTETS_MAKE_A_CHARACTER,
        PERCENT_SIGN_DECODED,
        EMPTY_SEGMENT_REMOVED,
        LAST_EMPTY_SEGMENT_STAYS,
        DOT_REMOVED,
        DOT_DOT_REMOVED_WITH_ITS_PARENT,
        DOT_DOT_CLIMBS_OVER_AN_EMPTY_SEGMENT,
        LAST_DOT_LEAVES_NO_SLASH,
        NO_SEGMENT_LEFT,
        DOTS_ARE_PART_OF_A_NAME,
        NOTHING_TO_DO,
        // Item 10, each met only by paths that nothing else is wrong with.
        REFUSED_FRAGMENT,
        REFUSED_NO_LEADING_SLASH,
        REFUSED_LEADING_DOT_DOT,
        REFUSED_ENCODED_SLASH,
        REFUSED_ENCODED_SLASH_IN_PARAMETER,
        REFUSED_DOT_SEGMENT_WITH_PARAMETER,
        REFUSED_DOT_SEGMENT_ENCODED,
        REFUSED_EMPTY_SEGMENT_WITH_PARAMETER,
        REFUSED_BACKSLASH,
        REFUSED_ENCODED_BACKSLASH,
        REFUSED_CONTROL_CHARACTER,
        REFUSED_ENCODED_CONTROL_CHARACTER,
        REFUSED_ILLEGAL_HEX,
        REFUSED_ILLEGAL_UTF_8,
        REFUSED_ILLEGAL_UTF_8_IN_PARAMETER,
        // "May be configured differently by a container": what Dormouse adds.
        REFUSED_NOT_A_CHARACTER_OF_A_URI,
        REFUSED_DOTS_BEFORE_AN_ENCODED_SEMICOLON
    }

    private final boolean fromApplication;
    private final Set<Rule> steps = EnumSet.noneOf(Rule.class);
    private final Set<Rule> refusals = EnumSet.noneOf(Rule.class);
    private @Nullable String path;

    private PathModel(boolean fromApplication) {
        this.fromApplication = fromApplication;
    }

    /** @param fromApplication whether characters may stand in {@code raw} that a client has to encode */
    public static PathModel of(String raw, boolean fromApplication) {
        var model = new PathModel(fromApplication);
        model.path = model.canonical(raw);
        return model;
    }

    /** What comes out; null for a path that is refused with 400. */
    public @Nullable String path() {
        return refusals.isEmpty() ? path : null;
    }

    /** The steps that had something to do, or the one reason to refuse; none where there are several. */
    public Set<Rule> met() {
        if (refusals.size() > 1) return Set.of();
        return refusals.isEmpty() ? steps : refusals;
    }

    public Set<Rule> refusals() {
        return refusals;
    }

    private String canonical(String raw) {
        String target = raw;
        int hash = target.indexOf('#');
        if (hash >= 0) { // item 1
            refusals.add(Rule.REFUSED_FRAGMENT);
            target = target.substring(0, hash);
        }
        for (int i = 0; i < target.length(); i = target.offsetByCodePoints(i, 1)) lookAt(target.codePointAt(i));

        if (target.startsWith("/")) target = target.substring(1); // item 3
        else refusals.add(Rule.REFUSED_NO_LEADING_SLASH);
        String[] pieces = target.split("/", -1);
        List<String> segments = new ArrayList<>();
        for (int i = 0; i < pieces.length; i++) segments.add(segment(pieces[i], i == pieces.length - 1));

        for (int i = 0; i < segments.size() - 1; ) { // item 6
            if (!segments.get(i).isEmpty()) {
                i++;
                continue;
            }
            steps.add(
                    segments.get(i + 1).equals("..") && i > 0
                            ? Rule.DOT_DOT_CLIMBS_OVER_AN_EMPTY_SEGMENT
                            : Rule.EMPTY_SEGMENT_REMOVED);
            segments.remove(i);
        }
        if (segments.size() > 1 && segments.getLast().isEmpty()) steps.add(Rule.LAST_EMPTY_SEGMENT_STAYS);

        if (segments.size() > 1 && segments.getLast().equals(".")) steps.add(Rule.LAST_DOT_LEAVES_NO_SLASH); // item 7
        if (segments.removeIf("."::equals)) steps.add(Rule.DOT_REMOVED);
        for (int i = 1; i < segments.size(); ) {
            if (segments.get(i).equals("..") && !segments.get(i - 1).equals("..")) {
                segments.remove(i);
                segments.remove(i - 1);
                steps.add(Rule.DOT_DOT_REMOVED_WITH_ITS_PARENT);
                i = 1;
            } else {
                i++;
            }
        }
        if (!segments.isEmpty() && segments.getFirst().equals("..")) refusals.add(Rule.REFUSED_LEADING_DOT_DOT);

        if (segments.isEmpty()) { // item 8
            steps.add(Rule.NO_SEGMENT_LEFT);
            return "/";
        }
        if (steps.isEmpty()) steps.add(Rule.NOTHING_TO_DO);
        var result = new StringBuilder();
        for (String segment : segments) result.append('/').append(segment);
        return result.toString();
    }

    private void lookAt(int c) {
        if (c >= 0xD800 && c <= 0xDFFF)
            refusals.add(Rule.REFUSED_ILLEGAL_UTF_8); // half a pair: there is no UTF-8 of it
        if (c == '\\') refusals.add(Rule.REFUSED_BACKSLASH);
        else if (Character.isISOControl(c)) refusals.add(Rule.REFUSED_CONTROL_CHARACTER);
        else if (!fromApplication && (c <= ' ' || c > '~')) refusals.add(Rule.REFUSED_NOT_A_CHARACTER_OF_A_URI);
    }

    /** Items 4 and 5 for one segment, and what item 10 says of it. */
    private String segment(String piece, boolean last) {
        int semicolon = piece.indexOf(';');
        boolean hasParameters = semicolon >= 0;
        String encoded = hasParameters ? piece.substring(0, semicolon) : piece;
        if (hasParameters) {
            steps.add(Rule.PARAMETERS_REMOVED);
            String parameters = decode(piece.substring(semicolon), Rule.REFUSED_ILLEGAL_UTF_8_IN_PARAMETER);
            if (parameters.contains("/")) refusals.add(Rule.REFUSED_ENCODED_SLASH_IN_PARAMETER);
            lookAtDecoded(piece.substring(semicolon), parameters);
        }
        String segment = decode(encoded, Rule.REFUSED_ILLEGAL_UTF_8);
        boolean decoded = !segment.equals(encoded);
        if (segment.contains("/")) refusals.add(Rule.REFUSED_ENCODED_SLASH);
        lookAtDecoded(encoded, segment);
        if (decoded) steps.add(Rule.OCTET_DECODED);
        if (decoded && segment.contains("%")) steps.add(Rule.PERCENT_SIGN_DECODED);
        if (decoded && segment.chars().anyMatch(c -> c > '~')) steps.add(Rule.SEVERAL_OCTETS_MAKE_A_CHARACTER);

        boolean dots = segment.equals(".") || segment.equals("..");
        if (dots && hasParameters) refusals.add(Rule.REFUSED_DOT_SEGMENT_WITH_PARAMETER);
        if (dots && decoded) refusals.add(Rule.REFUSED_DOT_SEGMENT_ENCODED);
        if (!dots && segment.startsWith(".")) steps.add(Rule.DOTS_ARE_PART_OF_A_NAME);
        if (segment.isEmpty() && hasParameters && !last) refusals.add(Rule.REFUSED_EMPTY_SEGMENT_WITH_PARAMETER);
        if (segment.startsWith(".;") || segment.startsWith("..;"))
            refusals.add(Rule.REFUSED_DOTS_BEFORE_AN_ENCODED_SEMICOLON);
        return segment;
    }

    private void lookAtDecoded(String encoded, String decoded) {
        if (decoded.equals(encoded)) return;
        if (count(decoded, c -> c == '\\') > count(encoded, c -> c == '\\'))
            refusals.add(Rule.REFUSED_ENCODED_BACKSLASH);
        if (count(decoded, Character::isISOControl) > count(encoded, Character::isISOControl))
            refusals.add(Rule.REFUSED_ENCODED_CONTROL_CHARACTER);
    }

    private static long count(String text, IntPredicate wanted) {
        return text.chars().filter(wanted).count();
    }

    private String decode(String encoded, Rule illegal) {
        if (encoded.indexOf('%') < 0) return encoded;
        var octets = new ByteArrayOutputStream();
        for (int i = 0; i < encoded.length(); i++) {
            if (encoded.charAt(i) != '%') {
                int end = encoded.offsetByCodePoints(i, 1);
                octets.writeBytes(encoded.substring(i, end).getBytes(StandardCharsets.UTF_8));
                i = end - 1;
            } else if (i + 2 < encoded.length() && isHex(encoded.charAt(i + 1)) && isHex(encoded.charAt(i + 2))) {
                octets.write(Integer.parseInt(encoded.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                refusals.add(Rule.REFUSED_ILLEGAL_HEX);
                octets.write('%');
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(octets.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            refusals.add(illegal);
            return encoded;
        }
    }

    private static boolean isHex(char c) {
        return "0123456789abcdefABCDEF".indexOf(c) >= 0;
    }

    /** The first parameter of that name, segment by segment. */
    public static @Nullable String parameter(String raw, String name) {
        for (String piece : raw.split("/")) {
            String[] parts = piece.split(";", -1);
            for (int i = 1; i < parts.length; i++) {
                String[] pair = parts[i].split("=", 2);
                if (Objects.equals(pair[0], name)) return pair.length == 2 ? pair[1] : "";
            }
        }
        return null;
    }
}
