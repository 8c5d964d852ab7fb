package org.dormouse.filter;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How numbers, sizes, times and switches are written in settings. Pure functions; null for what cannot be read. */
public final class SettingText {
    private SettingText() {}

    /** {@code 65536}, {@code 64k}, {@code 2m}, {@code 1g}. */
    public static @Nullable Long bytes(String value) {
        if (value.isEmpty()) return null;
        return switch (Character.toLowerCase(value.charAt(value.length() - 1))) {
            case 'k' -> wholeNumber(value.substring(0, value.length() - 1), 1L << 10);
            case 'm' -> wholeNumber(value.substring(0, value.length() - 1), 1L << 20);
            case 'g' -> wholeNumber(value.substring(0, value.length() - 1), 1L << 30);
            default -> wholeNumber(value, 1);
        };
    }

    /** {@code 500ms}, {@code 30s}, {@code 5m}, {@code 2h}; without a unit only 0. */
    public static @Nullable Duration time(String value) {
        int unitAt = 0;
        while (unitAt < value.length() && isDigit(value.charAt(unitAt))) unitAt++;
        Long number = wholeNumber(value.substring(0, unitAt), 1);
        if (number == null || number > Integer.MAX_VALUE) return null;
        return switch (value.substring(unitAt).toLowerCase(Locale.ROOT)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            case "" -> number == 0 ? Duration.ZERO : null;
            default -> null;
        };
    }

    /** {@code true} or {@code false}. */
    public static @Nullable Boolean onOrOff(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> null;
        };
    }

    /** Digits only: no sign, no digits of other scripts. Null for anything else, and for what does not fit. */
    public static @Nullable Long wholeNumber(String digits, long factor) {
        if (digits.isEmpty() || digits.length() > 18) return null;
        long number = 0;
        for (int i = 0; i < digits.length(); i++) {
            if (!isDigit(digits.charAt(i))) return null;
            number = number * 10 + digits.charAt(i) - '0';
        }
        return number > Long.MAX_VALUE / factor ? null : number * factor;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
