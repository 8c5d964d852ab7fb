package org.dormouse.poller.loop;

/**
 * Tells when somebody begins to record with the JDK Flight Recorder. Events are not touched before: the first one loads more than a hundred
 * classes of the recorder, which a start has no time for. A JVM without the module {@code jdk.jfr} runs as well; it just records nothing.
 */
public final class Recordings {
    private Recordings() {}

    /**
     * Runs {@code prepare}, which loads classes of events, when the first recording of this JVM is about to begin: by the thread that begins
     * it, or at once if there has been one. Never where none is possible.
     */
    public static void whenBegun(Runnable prepare) {
        if (ModuleLayer.boot().findModule("jdk.jfr").isPresent()) FirstRecording.await(prepare);
    }
}
