package org.dormouse.servlet.session;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What listeners threw while something went on that has to come to its end all the same. One thread. */
final class ListenerFailures {
    private static final Logger LOG = LoggerFactory.getLogger(ListenerFailures.class);

    private @Nullable Throwable first;

    void run(Runnable event) {
        try {
            event.run();
        } catch (Throwable e) { // whatever it is: what is under way goes on
            add(e);
        }
    }

    @SuppressWarnings("ReferenceEquality") // an exception cannot suppress itself
    private void add(Throwable failure) {
        Throwable known = first;
        if (known == null) first = failure;
        else if (known != failure) known.addSuppressed(failure);
    }

    /** For whoever caused the events. */
    void throwFirst() {
        if (first != null) throw unchecked(first);
    }

    /** Where nothing of the application is under way that could be told. */
    void log(String what) {
        if (first != null) LOG.error("a listener failed: {}", what, first);
    }

    /** The languages that have no checked exceptions throw them from any method. */
    @SuppressWarnings("unchecked")
    private static <E extends Throwable> RuntimeException unchecked(Throwable failure) throws E {
        throw (E) failure;
    }
}
