package org.dormouse.poller.loop;

/** Whether this JVM can record events of the JDK Flight Recorder. A JVM without the module {@code jdk.jfr} runs as well; it just records none. */
public final class Recordings {
    /** To be asked before any class is touched that is an event. */
    public static final boolean POSSIBLE =
            ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private Recordings() {}
}
