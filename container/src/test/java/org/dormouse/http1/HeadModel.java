package org.dormouse.http1;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What RFC 9110, 9112 and 3986 say of a request head, written down a second time: their ABNF as regular expressions over the whole head, and
 * their rules over its text. Slow and plain; knows nothing of the parser.
 */
final class HeadModel {
    static final int WANTS_MORE = -1;

    private static final String CRLF = "\r\n";
    static final String TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
    private static final String UNRESERVED = "A-Za-z0-9\\-._~";
    private static final String SUB_DELIMS = "!$&'()*+,;=";
    /** Any byte that some form of target may have; its form is judged apart. */
    private static final String TARGET = "[" + UNRESERVED + SUB_DELIMS + "%:@/?" + "\"<>\\[\\\\\\]^`{|}" + "]+";
    /** field-value with the whitespace around it; the value itself has no control bytes but HTAB. */
    static final String FIELD_LINE = TOKEN + ":[\\t\\x20-\\x7E\\x80-\\xFF]*" + CRLF;

    /** Up to here, a version that is not spoken is refused, whatever comes behind. */
    private static final Pattern REQUEST_LINE_TO_CR =
            Pattern.compile("(?:" + CRLF + ")?(" + TOKEN + ") (" + TARGET + ") HTTP/([0-9])\\.([0-9])\r");

    private static final Pattern REQUEST_LINE = Pattern.compile(REQUEST_LINE_TO_CR.pattern() + "\n");
    private static final Pattern FIELDS = Pattern.compile("((?:" + FIELD_LINE + ")*)" + CRLF);

    private static final String PATH_AND_QUERY =
            "[" + UNRESERVED + SUB_DELIMS + "%:@/]*(?:\\?[" + UNRESERVED + SUB_DELIMS + "%:@/?]*)?";
    private static final String DEC_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9][0-9]|[0-9])";
    private static final String IPV4 = DEC_OCTET + "(?:\\." + DEC_OCTET + "){3}";
    private static final String H16 = "[0-9A-Fa-f]{1,4}";
    private static final String LS32 = "(?:" + H16 + ":" + H16 + "|" + IPV4 + ")";
    /** The nine alternatives of RFC 3986 §3.2.2. */
    private static final String IPV6 = "(?:(?:" + H16 + ":){6}" + LS32
            + "|::(?:" + H16 + ":){5}" + LS32
            + "|(?:" + H16 + ")?::(?:" + H16 + ":){4}" + LS32
            + "|(?:(?:" + H16 + ":){0,1}" + H16 + ")?::(?:" + H16 + ":){3}" + LS32
            + "|(?:(?:" + H16 + ":){0,2}" + H16 + ")?::(?:" + H16 + ":){2}" + LS32
            + "|(?:(?:" + H16 + ":){0,3}" + H16 + ")?::" + H16 + ":" + LS32
            + "|(?:(?:" + H16 + ":){0,4}" + H16 + ")?::" + LS32
            + "|(?:(?:" + H16 + ":){0,5}" + H16 + ")?::" + H16
            + "|(?:(?:" + H16 + ":){0,6}" + H16 + ")?::)";

    private static final String REG_NAME = "(?:[" + UNRESERVED + SUB_DELIMS + "]|%[0-9A-Fa-f]{2})+";
    private static final String AUTHORITY = "(?:\\[" + IPV6 + "\\]|" + REG_NAME + ")(?::([0-9]{0,5}))?";
    private static final Pattern HOST = Pattern.compile(AUTHORITY);
    private static final Pattern ORIGIN_FORM = Pattern.compile("/" + PATH_AND_QUERY);
    private static final Pattern ABSOLUTE_FORM =
            Pattern.compile("([Hh][Tt][Tt][Pp][Ss]?)://([^/?]*)((?:[/?]" + PATH_AND_QUERY + ")?)");

    private HeadModel() {}

    static boolean isHost(String text) {
        Matcher host = HOST.matcher(text);
        if (!host.matches()) return false;
        String port = host.group(1);
        return port == null || port.isEmpty() || Integer.parseInt(port) <= 65535;
    }

    /** The status with which the head is refused, 0 if it is whole and good, {@link #WANTS_MORE} if it goes on. */
    static int outcome(String head) {
        Matcher versioned = REQUEST_LINE_TO_CR.matcher(head);
        if (versioned.lookingAt() && !isSpoken(versioned.group(3), versioned.group(4))) return 505;
        Matcher line = REQUEST_LINE.matcher(head);
        if (!line.lookingAt()) return line.hitEnd() ? WANTS_MORE : 400;
        Matcher fields = FIELDS.matcher(head).region(line.end(), head.length());
        if (!fields.lookingAt()) return fields.hitEnd() ? WANTS_MORE : 400;
        boolean is10 = line.group(4).equals("0");
        return judge(line.group(1), line.group(2), is10, fields.group(1));
    }

    private static boolean isSpoken(String major, String minor) {
        return major.equals("1") && (minor.equals("0") || minor.equals("1"));
    }

    private static int judge(String method, String target, boolean is10, String lines) {
        var hosts = new ArrayList<String>();
        var lengths = new ArrayList<String>();
        var codings = new ArrayList<String>();
        for (String each : lines.split(CRLF)) {
            if (each.isEmpty()) continue;
            String name = each.substring(0, each.indexOf(':'));
            String value = each.substring(each.indexOf(':') + 1).replaceAll("^[ \t]+|[ \t]+$", "");
            if (name.equalsIgnoreCase("Host")) hosts.add(value);
            if (name.equalsIgnoreCase("Content-Length")) lengths.add(value);
            if (name.equalsIgnoreCase("Transfer-Encoding")) codings.add(value);
            if (isBadCoding(codings)) return 400; // in the order of the fields
            if (name.equalsIgnoreCase("Expect") && !is10 && !value.equalsIgnoreCase("100-continue")) return 417;
        }
        if (method.equals("CONNECT")) return 501;
        if (method.equals("TRACE")) return 405;
        int form = target(method, target, hosts);
        if (form != 0) return form;
        if (hosts.size() > 1 || (hosts.isEmpty() && !is10)) return 400;
        if (!hosts.isEmpty() && !isHost(hosts.getFirst())) return 400;
        return framing(is10, lengths, codings);
    }

    private static int target(String method, String target, List<String> hosts) {
        if (target.equals("*")) return method.equals("OPTIONS") ? 0 : 400;
        if (ORIGIN_FORM.matcher(target).matches()) return 0;
        Matcher absolute = ABSOLUTE_FORM.matcher(target);
        if (!absolute.matches() || !isHost(absolute.group(2))) return 400;
        boolean isSecure = absolute.group(1).equalsIgnoreCase("https");
        if (hosts.size() == 1 && isHost(hosts.getFirst())) {
            return full(hosts.getFirst(), isSecure).equals(full(absolute.group(2), isSecure)) ? 0 : 400;
        }
        return 0;
    }

    private static String full(String authority, boolean isSecure) {
        Matcher port = Pattern.compile(":([0-9]*)$").matcher(authority);
        boolean found = port.find();
        String host = found ? authority.substring(0, port.start()) : authority;
        boolean given = found && !port.group(1).isEmpty();
        return host.toLowerCase(java.util.Locale.ROOT) + " "
                + (given ? Integer.parseInt(port.group(1)) : isSecure ? 443 : 80);
    }

    /** RFC 9112 §6.1 to §6.3, with every tolerance taken out. */
    static int framing(boolean is10, List<String> lengths, List<String> codings) {
        if (isBadCoding(codings)) return 400;
        if (!codings.isEmpty()) {
            if (!lengths.isEmpty() || is10) return 400;
            return String.join(",", codings).equalsIgnoreCase("chunked") ? 0 : 501;
        }
        if (lengths.size() > 1) return 400;
        if (lengths.isEmpty()) return 0;
        String length = lengths.getFirst();
        if (!length.matches("[0-9]{1,18}")) return 400;
        return Long.parseLong(length) > 256L * 1024 * 1024 ? 413 : 0;
    }

    /** Something that is no coding, or one behind chunked. */
    private static boolean isBadCoding(List<String> codings) {
        if (codings.isEmpty()) return false;
        String[] list = String.join(",", codings).split(",", -1);
        for (int i = 0; i < list.length; i++) {
            String coding = list[i].replaceAll("^[ \t]+|[ \t]+$", "");
            if (!coding.matches(TOKEN)) return true;
            if (i < list.length - 1 && coding.equalsIgnoreCase("chunked")) return true;
        }
        return false;
    }
}
