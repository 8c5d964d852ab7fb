package org.dormouse.server;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

@Name("dormouse.Shed")
@Label("Request Turned Away")
@Category({"Dormouse", "Requests"})
@Description("A request was answered 503 because there was no room for it")
@StackTrace(false)
final class ShedEvent extends Event {
    @Label("Loop")
    int loop;

    @Label("Method")
    String method = "";

    @Label("Path")
    @Description("Without the query; what is not printable ASCII is escaped")
    String path = "";

    @Label("Reason")
    @Description("As the client was told, with the limit")
    String reason = "";
}
