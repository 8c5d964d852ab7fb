package org.dormouse.content;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.dormouse.servlet.Resources;
import org.dormouse.servlet.StaticSettings;
import org.jspecify.annotations.Nullable;

/** The files of one application as its clients get them. Any thread; may wait for a disk and for the client. */
public final class StaticContent {
    /** Files that are replaced while they are opened, again and again, are not sent at all. */
    private static final int TRIES = 3;

    private final Resources resources;
    private final StaticSettings settings;
    private final StaticFiles files;
    private final Clock clock;

    /** @param mediaTypes the type of a file by its path, or null */
    public StaticContent(Resources resources, StaticSettings settings, UnaryOperator<@Nullable String> mediaTypes) {
        this(resources, settings, mediaTypes, Clock.systemUTC(), System::nanoTime);
    }

    StaticContent(
            Resources resources,
            StaticSettings settings,
            UnaryOperator<@Nullable String> mediaTypes,
            Clock clock,
            LongSupplier nanoTime) {
        this.resources = resources;
        this.settings = settings;
        this.clock = clock;
        this.files =
                new StaticFiles(resources, settings, new FileReader(resources, settings, mediaTypes, clock), nanoTime);
    }

    /**
     * Answers with the file at {@code path}; false, with nothing done, if there is none.
     *
     * @param path canonical, below the context path
     */
    public boolean send(String path, HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (path.endsWith("/")) return false;
        StaticFile file = files.find(path);
        for (int i = 0; i < TRIES && file != null; i++) {
            if (new FileAnswer(request, response, settings.maxRanges(), clock.millis()).send(file)) return true;
            file = files.findAgain(file);
        }
        return false;
    }

    /** Whether the folder at {@code path} may be shown as a list. */
    public boolean lists() {
        return settings.listing();
    }

    /** Answers with what the folder at {@code path}, which ends with a slash, has for clients. */
    public void sendList(String path, HttpServletRequest request, HttpServletResponse response) throws IOException {
        byte[] page = FolderPage.of(path, resources.list(path), settings.maxListed());
        response.setContentType("text/html;charset=utf-8");
        response.setContentLength(page.length);
        if (!request.getMethod().equals("HEAD")) response.getOutputStream().write(page);
    }

    StaticFiles files() {
        return files;
    }
}
