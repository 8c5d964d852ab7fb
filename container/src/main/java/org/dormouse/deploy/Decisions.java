package org.dormouse.deploy;

import java.util.HashMap;
import java.util.Map;

/**
 * Who was the first to say something that counts once: web.xml has the last word, and two fragments must not contradict each other where
 * it is silent (Servlet 6.1 §8.2.3). Of one deployment.
 */
final class Decisions {
    private record Said(Object value, Descriptor source, boolean byApplication) {}

    private final Map<String, Said> said = new HashMap<>();

    /**
     * Whether {@code value} counts: nobody has spoken of {@code what} yet.
     *
     * @param what for the message too: element and key
     * @param byApplication whether {@code source} is web.xml
     * @throws DeploymentException if another fragment said something else, and web.xml nothing
     */
    boolean counts(Descriptor source, boolean byApplication, String what, Object value) throws DeploymentException {
        Said before = said.putIfAbsent(what, new Said(value, source, byApplication));
        if (before == null) return true;
        if (before.byApplication || before.value.equals(value)) return false;
        throw new DeploymentException(what + " is " + before.value + " in " + before.source.source + " and " + value
                + " in " + source.source + "; web.xml must say which (Servlet 6.1 §8.2.3)");
    }
}
