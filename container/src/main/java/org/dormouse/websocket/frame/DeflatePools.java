package org.dormouse.websocket.frame;

import jakarta.websocket.Extension;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.dormouse.http.CoderPool;
import org.jspecify.annotations.Nullable;

/**
 * The deflaters and inflaters of a server, shared by all its sessions: one is taken for a message and given back with its end. Those that a
 * session holds longer, for the sake of what was said before or for a message that arrives in parts, are counted and limited. Any thread.
 */
public final class DeflatePools implements AutoCloseable {
    private static final int KEPT_PER_CORE = 4;

    private final DeflateSettings settings;
    private final CoderPool<Deflater> deflaters;
    private final CoderPool<Inflater> inflaters;
    private final AtomicInteger held = new AtomicInteger();
    /** As many as there are ways to agree, some hundreds at most. */
    private final ConcurrentMap<DeflateTerms.Answer, DeflateTerms.Answer> answers = new ConcurrentHashMap<>();

    public DeflatePools(DeflateSettings settings) {
        int kept = KEPT_PER_CORE * Runtime.getRuntime().availableProcessors();
        this.settings = settings;
        this.deflaters =
                new CoderPool<>(() -> new Deflater(settings.level(), true), Deflater::reset, Deflater::end, kept);
        this.inflaters = new CoderPool<>(() -> new Inflater(true), Inflater::reset, Inflater::end, kept);
    }

    /** What is to be negotiated now: no context where as many coders are held as may be. */
    public DeflateSettings settings() {
        return settings.keepsContext() && held.get() >= settings.maxHeld() ? settings.withoutContext() : settings;
    }

    /** The answer to the first of {@code offers} that can be accepted, one object for all sessions that agree on the same; null if none can. */
    public DeflateTerms.@Nullable Answer answer(List<? extends Extension> offers) {
        DeflateTerms.Answer made = DeflateTerms.answer(offers, settings());
        if (made == null) return null;
        DeflateTerms.Answer before = answers.putIfAbsent(made, made);
        return before == null ? made : before;
    }

    /** Coders that sessions hold. */
    public int held() {
        return held.get();
    }

    CoderPool<Deflater> deflaters() {
        return deflaters;
    }

    CoderPool<Inflater> inflaters() {
        return inflaters;
    }

    /** Counts one that is held from now on; false, and nothing is counted, if there are as many as there may be. */
    boolean tryHold() {
        int before;
        do {
            before = held.get();
            if (before >= settings.maxHeld()) return false;
        } while (!held.compareAndSet(before, before + 1));
        return true;
    }

    void holdsNoMore() {
        held.decrementAndGet();
    }

    /** Ends those that nobody uses; those in use end when they come back. */
    @Override
    public void close() {
        deflaters.close();
        inflaters.close();
    }
}
