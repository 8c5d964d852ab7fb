package org.dormouse.servlet;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The page for an error that the application has no page for. Pure. */
final class PlainPage {
    /** The rest of a page, or a little more. */
    private static final int FIXED = 120;

    private PlainPage() {}

    /** In UTF-8. */
    static byte[] of(int status, @Nullable String message) {
        String phrase = phrase(status);
        String title = phrase.isEmpty() ? Integer.toString(status) : status + " " + phrase;
        int length = FIXED + 2 * title.length() + (message == null ? 0 : message.length());
        var page = new StringBuilder(length)
                .append("<!doctype html>\n<html lang=\"en\"><head><title>")
                .append(title)
                .append("</title></head><body><h1>")
                .append(title)
                .append("</h1>");
        if (message != null && !message.isEmpty()) {
            page.append("<p>");
            escape(page, message);
            page.append("</p>");
        }
        return page.append("</body></html>\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void escape(StringBuilder page, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '<' -> page.append("&lt;");
                case '>' -> page.append("&gt;");
                case '&' -> page.append("&amp;");
                case '"' -> page.append("&quot;");
                case '\'' -> page.append("&#39;");
                default -> page.append(c);
            }
        }
    }

    /** The usual phrases of the statuses that servlets send as errors (RFC 9110 §15). */
    private static String phrase(int status) {
        return switch (status) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 406 -> "Not Acceptable";
            case 408 -> "Request Timeout";
            case 409 -> "Conflict";
            case 410 -> "Gone";
            case 411 -> "Length Required";
            case 412 -> "Precondition Failed";
            case 413 -> "Content Too Large";
            case 415 -> "Unsupported Media Type";
            case 416 -> "Range Not Satisfiable";
            case 422 -> "Unprocessable Content";
            case 429 -> "Too Many Requests";
            case 500 -> "Internal Server Error";
            case 501 -> "Not Implemented";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            case 504 -> "Gateway Timeout";
            default -> "";
        };
    }
}
