package org.dormouse.transport;

/** How connections find their loop. */
public enum Balance {
    /** Each loop has a socket of its own on the same port, among which the kernel spreads connections by their addresses. */
    REUSE_PORT,
    /** The loops share one socket; a loop that has nothing else to do takes the connection. */
    SHARED,
    /** One loop accepts, and gives each loop its turn. */
    ROUND_ROBIN,
    /** One loop accepts, and gives to the loop that has the fewest connections. */
    LEAST_CONNECTIONS,
    /** One loop accepts, and gives those of the same address to the same loop; those of a Unix socket, which have none, in turn. */
    SOURCE_ADDRESS;

    /** Whether one loop accepts for all. */
    public boolean hasAcceptor() {
        return this != REUSE_PORT && this != SHARED;
    }
}
