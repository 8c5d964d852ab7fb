package org.dormouse.servlet;

import java.util.concurrent.atomic.AtomicLong;
import org.dormouse.servlet.security.LoginSettings;

/** How much one application keeps for clients that have not logged in yet, and its limit. Any thread. */
final class LoginMemory {
    /** What a session with its note costs besides the request that it keeps, roughly. */
    static final int OVERHEAD_BYTES = 1024;

    private final LoginSettings settings;
    private final AtomicLong used = new AtomicLong();

    LoginMemory(LoginSettings settings) {
        this.settings = settings;
    }

    LoginSettings settings() {
        return settings;
    }

    /** Whether anything is kept: if not, nobody needs to look for it. */
    boolean isInUse() {
        return used.get() > 0;
    }

    long used() {
        return used.get();
    }

    /** False if there is no room. */
    boolean take(int bytes) {
        if (used.addAndGet(bytes) <= settings.maxSavedBytes()) return true;
        used.addAndGet(-bytes);
        return false;
    }

    void giveBack(int bytes) {
        used.addAndGet(-bytes);
    }
}
