package org.dormouse.poller.loop;

/** Public, because a class of another loader is in another package. */
public final class PinningLoaderAccess {
    private PinningLoaderAccess() {}

    public static void run() {
        PinningLoader.toRun().run();
    }
}
