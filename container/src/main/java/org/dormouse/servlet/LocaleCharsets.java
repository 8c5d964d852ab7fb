package org.dormouse.servlet;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The charset of a response that only has a locale (Servlet 6.1 §5.5): what the application declares in its
 * {@code locale-encoding-mapping-list}, else for languages that ISO-8859-1 cannot write, the one that servlet containers have always taken.
 */
final class LocaleCharsets {
    private static final Map<Locale, String> OTHERWISE = Map.of(
            Locale.JAPANESE, "Shift_JIS",
            Locale.KOREAN, "EUC-KR",
            Locale.CHINESE, "GB2312",
            Locale.TRADITIONAL_CHINESE, "Big5");

    private LocaleCharsets() {}

    /** Of the locale itself, or of its language; null if the response's own default does. */
    static @Nullable String find(Locale locale, Map<Locale, String> declared) {
        String own = find(declared, locale);
        return own != null ? own : find(OTHERWISE, locale);
    }

    private static @Nullable String find(Map<Locale, String> charsets, Locale locale) {
        String charset = charsets.get(locale);
        return charset != null ? charset : charsets.get(Locale.of(locale.getLanguage()));
    }
}
