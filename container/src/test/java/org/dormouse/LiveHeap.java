package org.dormouse;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;

/** The bytes of this JVM's live objects, by its class histogram after a full collection: the whole truth, where {@link ObjectGraph} looks at a part. */
public final class LiveHeap {
    /** What a collector puts into gaps. */
    private static final String FILLER = "[Ljdk.internal.vm.FillerElement;";

    private long bytes;

    private LiveHeap() {}

    /** Collects, then counts. */
    public static LiveHeap now() {
        var heap = new LiveHeap();
        for (String line : histogram().split("\n", -1)) {
            String[] words = line.strip().split("\\s+", -1); // 1:  4711  150752  java.lang.String (java.base@25)
            if (words.length < 4 || !words[0].endsWith(":")) continue;
            if (!words[3].equals(FILLER)) heap.bytes += Long.parseLong(words[2]);
        }
        return heap;
    }

    private static String histogram() {
        try {
            var command = new ObjectName("com.sun.management:type=DiagnosticCommand");
            Object[] none = {new String[0]};
            String[] types = {String[].class.getName()};
            return (String) ManagementFactory.getPlatformMBeanServer().invoke(command, "gcClassHistogram", none, types);
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    public long bytes() {
        return bytes;
    }
}
