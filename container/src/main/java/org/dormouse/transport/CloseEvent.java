package org.dormouse.transport;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

@Name("dormouse.Close")
@Label("Connection Closed")
@Category({"Dormouse", "Connections"})
@Description("A connection ended")
@StackTrace(false)
final class CloseEvent extends Event {
    @Label("Connection")
    @Description("As in the log; never given twice")
    long connection;

    @Label("Loop")
    int loop;

    @Label("Client")
    @Description("Address and port; with the PROXY protocol, those that the proxy told")
    String client = "";

    @Label("Reason")
    @Description("A constant of org.dormouse.transport.ConnectionEnd")
    String reason = "";
}
