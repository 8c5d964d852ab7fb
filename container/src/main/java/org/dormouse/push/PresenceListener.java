package org.dormouse.push;

/**
 * Is told who comes and goes, by the thread that joins or leaves: for a session that closes, before its {@code onClose}. Of one member, first
 * that it joined.
 */
public interface PresenceListener {
    /** The group has {@code member} now. */
    default void joined(Member member) {}

    /** The group does not have {@code member} any more. */
    default void left(Member member) {}
}
