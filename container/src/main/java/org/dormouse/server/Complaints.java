package org.dormouse.server;

import org.slf4j.LoggerFactory;

/** The log of the server. The logger is made when there is something to say: a server that starts well does not wake the log backend. */
final class Complaints {
    private Complaints() {}

    /** A bug of ours. Not for the owner of a loop. */
    static void report(String what, Throwable bug) {
        LoggerFactory.getLogger("org.dormouse.server").error(what, bug);
    }

    static void warn(String what) {
        LoggerFactory.getLogger("org.dormouse.server").warn(what);
    }
}
