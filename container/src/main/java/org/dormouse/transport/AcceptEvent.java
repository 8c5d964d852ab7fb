package org.dormouse.transport;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

@Name("dormouse.Accept")
@Label("Connection Accepted")
@Category({"Dormouse", "Connections"})
@Description("A connection was accepted and given to a loop")
@StackTrace(false)
final class AcceptEvent extends Event {
    @Label("Connection")
    @Description("As in the log; never given twice")
    long connection;

    @Label("Loop")
    int loop;

    @Label("Peer")
    @Description("Address and port; with the PROXY protocol, the proxy's")
    String peer = "";
}
