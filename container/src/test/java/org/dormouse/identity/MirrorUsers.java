package org.dormouse.identity;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** A source of users of somebody else: the password is the name backwards. */
public final class MirrorUsers implements UsersProvider {
    public static final AtomicInteger OPEN = new AtomicInteger();

    private static final class Mirror implements Users, AutoCloseable {
        private final Set<String> roles;

        Mirror(Set<String> roles) {
            this.roles = roles;
            OPEN.incrementAndGet();
        }

        @Override
        public Caller login(String name, String password) {
            return new StringBuilder(name).reverse().toString().equals(password) ? new Caller(name, roles) : null;
        }

        @Override
        public void close() {
            OPEN.decrementAndGet();
        }
    }

    @Override
    public String name() {
        return "mirror";
    }

    @Override
    public Users open(Map<String, String> settings) {
        String roles = settings.get("roles");
        if (roles == null) throw new IllegalArgumentException("roles is missing");
        return new Mirror(Set.of(roles.split(",")));
    }
}
