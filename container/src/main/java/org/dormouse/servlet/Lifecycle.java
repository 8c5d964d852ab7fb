package org.dormouse.servlet;

/** The life of a {@link DormouseContext}. */
enum Lifecycle {
    NEW,
    /** Initializers run: everything may be registered. */
    INITIALIZING,
    /** Context listeners are told: everything but further context listeners may be registered. */
    LISTENING,
    /** Filters and servlets are started; nothing more may be registered. */
    STARTING,
    RUNNING,
    STOPPED;

    boolean canBecome(Lifecycle next) {
        return switch (this) {
            case NEW -> next == INITIALIZING || next == STOPPED;
            case INITIALIZING -> next == LISTENING || next == STOPPED;
            case LISTENING -> next == STARTING || next == STOPPED;
            case STARTING -> next == RUNNING || next == STOPPED;
            case RUNNING -> next == STOPPED;
            case STOPPED -> false;
        };
    }
}
