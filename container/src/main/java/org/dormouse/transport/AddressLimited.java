package org.dormouse.transport;

/** Lets a connection begin only if its client's address has not too many; behind a {@link ProxyProtocol} that is the announced client's. */
public final class AddressLimited implements ProtocolUpgrade {
    private final ProtocolUpgrade next;

    /**
     * For connections of {@link Connections} that have an {@link AddressLimit}.
     *
     * @param next makes what is spoken over those that may begin
     */
    public AddressLimited(ProtocolUpgrade next) {
        this.next = next;
    }

    @Override
    public Protocol begin(Connection connection) {
        if (connection.countAddress()) return next.begin(connection);
        connection.turnAway();
        return Unborn.PROTOCOL;
    }
}
