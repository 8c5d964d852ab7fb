package org.dormouse.servlet;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.dormouse.http.Fields;

/** Reads Accept-Language (RFC 9110 §12.5.4): what the client likes best comes first; malformed ranges are left out. Pure functions. */
final class AcceptLanguage {
    private record Weighted(Locale locale, double quality) {}

    private AcceptLanguage() {}

    /** Empty if the client has no preference. */
    static List<Locale> parse(Fields fields) {
        var found = new ArrayList<Weighted>();
        for (int i = fields.find("Accept-Language", 0); i >= 0; i = fields.find("Accept-Language", i + 1)) {
            for (String range : fields.value(i).split(",", -1)) add(found, range);
        }
        found.sort((a, b) -> Double.compare(b.quality, a.quality)); // stable: equals keep their order
        var locales = new ArrayList<Locale>(found.size());
        for (Weighted weighted : found) locales.add(weighted.locale);
        return locales;
    }

    private static void add(List<Weighted> found, String range) {
        int semicolon = range.indexOf(';');
        String tag = (semicolon < 0 ? range : range.substring(0, semicolon)).strip();
        double quality =
                semicolon < 0 ? 1 : quality(range.substring(semicolon + 1).strip());
        if (tag.isEmpty() || tag.equals("*") || quality <= 0) return;
        Locale locale = Locale.forLanguageTag(tag);
        if (!locale.getLanguage().isEmpty()) found.add(new Weighted(locale, quality));
    }

    /** 0 to 1, or -1 for what is no weight. */
    private static double quality(String parameter) {
        if (!parameter.regionMatches(true, 0, "q=", 0, 2)) return -1;
        try {
            double quality = Double.parseDouble(parameter.substring(2));
            return quality >= 0 && quality <= 1 ? quality : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
