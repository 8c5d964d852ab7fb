package org.dormouse.poller.loop;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

@Name("dormouse.Stall")
@Label("Loop Stalled")
@Category({"Dormouse", "Loops"})
@Description("A loop was held up for longer than it should be, by a request or by its own code")
@StackTrace(false) // of the thread that reports; the culprit's is a field
final class StallEvent extends Event {
    @Label("Loop")
    int loop;

    @Label("Held Up By")
    @Description("request: it kept its thread, so the loop was handed over; loop: its own code stood still")
    String heldUpBy = "";

    @Label("Culprit")
    @Description("The thread that held it up: of a request, its virtual thread")
    String culprit = "";

    @Label("Stack of the Culprit")
    @Description("Sampled a little later by another thread; empty if it had ended by then")
    String culpritStack = "";
}
