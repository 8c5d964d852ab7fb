package org.dormouse.servlet.multipart;

import org.jspecify.annotations.Nullable;

/** What a parameter of Content-Disposition costs. */
public final class PartReadings {
    private PartReadings() {}

    public static @Nullable String parameter(String field, String wanted) {
        return PartHead.parameter(field, wanted);
    }
}
