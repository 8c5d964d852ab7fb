package org.dormouse.poller.loop;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

@Name("dormouse.HandOver")
@Label("Loop Handed Over")
@Category({"Dormouse", "Loops"})
@Description("A loop was taken from a thread that a request kept busy, and given to another")
@StackTrace(false)
final class HandOverEvent extends Event {
    @Label("Loop")
    int loop;

    @Label("Stuck Thread")
    @Description("The platform thread that the request keeps busy")
    @Nullable
    Thread stuck;

    @Label("New Holder")
    @Nullable
    Thread holder;
}
