package org.dormouse.servlet;

import org.jspecify.annotations.Nullable;

/**
 * Where an error is answered (Servlet 6.1 §10.9.2): by status, by exception type, or, with neither, for every error that has no page of
 * its own.
 *
 * @param status 0 if not by status
 * @param exceptionType a class name, or null
 * @param location a path below the context, beginning with {@code /}
 */
public record ErrorPage(int status, @Nullable String exceptionType, String location) {
    public ErrorPage {
        if (!location.startsWith("/"))
            throw new IllegalArgumentException("error page \"" + location + "\" must begin with /");
        if (status != 0 && exceptionType != null) {
            throw new IllegalArgumentException("error page " + location + " has both a status and an exception type");
        }
    }

    public static ErrorPage ofStatus(int status, String location) {
        return new ErrorPage(status, null, location);
    }

    public static ErrorPage ofException(String className, String location) {
        return new ErrorPage(0, className, location);
    }

    public static ErrorPage ofEverythingElse(String location) {
        return new ErrorPage(0, null, location);
    }
}
