package org.dormouse.poller.libc;

import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;

/** Whether this JVM lets us call native functions. Says so without trying {@link LibC}, which could not be initialised. */
public final class NativeAccess {
    /** What the JVM is started with where native access must be allowed. */
    public static final String FLAG = "--enable-native-access=ALL-UNNAMED";

    private static final String WHY_DENIED = probe();

    private NativeAccess() {}

    /** Why there is none; empty if there is. Stays the same for the life of the JVM. */
    public static String whyDenied() {
        return WHY_DENIED;
    }

    @SuppressWarnings("restricted") // the cheapest of the calls that need the permission
    private static String probe() {
        try {
            Linker.nativeLinker();
            ValueLayout.ADDRESS.withTargetLayout(ValueLayout.JAVA_BYTE);
            return "";
        } catch (IllegalCallerException e) {
            return "the JVM denies native access, which " + FLAG + " allows";
        } catch (UnsupportedOperationException e) {
            return "this JVM calls no native functions on " + System.getProperty("os.name") + " "
                    + System.getProperty("os.arch");
        }
    }
}
