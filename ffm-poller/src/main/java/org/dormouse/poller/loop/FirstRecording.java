package org.dormouse.poller.loop;

import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;

/** Is told when the Flight Recorder begins its work. Loaded only where there is one. */
record FirstRecording(Runnable prepare) implements FlightRecorderListener {
    static void await(Runnable prepare) {
        FlightRecorder.addListener(new FirstRecording(prepare));
    }

    @Override
    public void recorderInitialized(FlightRecorder recorder) {
        prepare.run();
    }
}
