package org.dormouse;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dormouse.identity.LoginLimits;
import org.dormouse.identity.Logins;
import org.dormouse.identity.Users;
import org.dormouse.identity.UsersFile;
import org.dormouse.identity.UsersSource;

/**
 * Sources of users that several applications have in common, opened once, with what is known of failures; closed when the last of them has
 * stopped. Any thread.
 */
final class SharedLogins {
    private final LoginLimits limits;
    // guarded by this
    private final Map<Path, Logins> byFile = new HashMap<>();
    private final Map<Path, Opened> bySource = new HashMap<>();

    private static final class Opened {
        final Logins logins;
        int applications;

        Opened(Logins logins) {
            this.logins = logins;
        }
    }

    SharedLogins(LoginLimits limits) {
        this.limits = limits;
    }

    synchronized Logins ofFile(Path file) throws IOException {
        Logins known = byFile.get(file);
        if (known != null) return known;
        known = of(UsersFile.read(file));
        byFile.put(file, known);
        return known;
    }

    /** @param closeAtStop of the application that is to use it */
    synchronized Logins ofSource(Path description, List<AutoCloseable> closeAtStop) throws IOException {
        Opened known = bySource.get(description);
        if (known == null) {
            known = new Opened(of(UsersSource.open(description, SharedLogins.class.getClassLoader())));
            bySource.put(description, known);
        }
        known.applications++;
        closeAtStop.add(() -> leave(description));
        return known.logins;
    }

    private synchronized void leave(Path description) throws Exception {
        Opened known = bySource.get(description);
        if (known == null || --known.applications > 0) return;
        bySource.remove(description);
        if (known.logins.users() instanceof AutoCloseable source) source.close();
    }

    private Logins of(Users users) {
        return new Logins(users, limits, System::nanoTime);
    }
}
