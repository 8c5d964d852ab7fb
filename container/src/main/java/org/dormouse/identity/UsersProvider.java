package org.dormouse.identity;

import java.util.Map;

/**
 * Opens a source of users by settings that an administrator writes (key {@code users.source}). Found with {@link java.util.ServiceLoader}
 * on the class path of the server.
 */
public interface UsersProvider {
    /** What {@code source} has to be for this one to be asked. */
    String name();

    /**
     * Opens the source. One that is {@link AutoCloseable} is closed with the server.
     *
     * @param settings what else stands in the file; each that is not understood is an error
     * @throws Exception if that cannot be done; the message says which setting is wrong, and repeats no password
     */
    Users open(Map<String, String> settings) throws Exception;
}
