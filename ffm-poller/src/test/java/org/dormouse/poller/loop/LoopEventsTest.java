package org.dormouse.poller.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingStream;
import org.dormouse.poller.ChildJvm;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the Flight Recorder gets of loops, what their threads are called, and what they count. */
@Timeout(60)
class LoopEventsTest {
    private final LoopSettings oneLoop =
            LoopSettings.defaults().withLoops(1).withCarryThreads(true).withFaults(new RecordedFaults());
    private final BlockingQueue<RecordedEvent> events = new LinkedBlockingQueue<>();
    private final RecordingStream stream = new RecordingStream();

    @AfterEach
    void stopRecording() {
        stream.close();
    }

    private void record() {
        LoopEvents.areRecorded(); // its classes are there before anybody records, as in a server
        stream.setReuse(false);
        for (String name : List.of("dormouse.HandOver", "dormouse.Stall")) {
            stream.enable(name);
            stream.onEvent(name, events::add);
        }
        stream.startAsync();
    }

    private RecordedEvent await(Predicate<RecordedEvent> wanted) throws InterruptedException {
        while (true) {
            RecordedEvent event = events.poll(30, TimeUnit.SECONDS);
            if (event == null) throw new AssertionError("no such event");
            if (wanted.test(event)) return event;
        }
    }

    private static void spinUntil(AtomicBoolean stop) {
        while (!stop.get()) Thread.onSpinWait();
    }

    private static void standStill(CountDownLatch release) {
        try {
            release.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aRequestThatComputesIsAHandOverAndAStallWithTheStackOfItsVirtualThread() throws Exception {
        record();
        try (var loops = EventLoops.start(oneLoop)) {
            var stop = new AtomicBoolean();
            loops.loop(0).carry(() -> spinUntil(stop));

            RecordedEvent handOver =
                    await(event -> event.getEventType().getName().equals("dormouse.HandOver"));
            assertThat(handOver.getInt("loop")).isZero();
            RecordedThread stuck = handOver.getValue("stuck");
            RecordedThread holder = handOver.getValue("holder");
            assertThat(stuck.getJavaThreadId()).isNotEqualTo(holder.getJavaThreadId());

            RecordedEvent stall = await(event -> event.getString("culpritStack").contains("spinUntil"));
            assertThat(stall.getString("heldUpBy")).isEqualTo("request");
            assertThat(stall.getString("culprit")).startsWith("VirtualThread[");
            stop.set(true);
        }
    }

    @Test
    void aLoopWhoseOwnCodeStandsStillIsAStallWithTheStackOfItsThread() throws Exception {
        record();
        try (var loops = EventLoops.start(oneLoop)) {
            var release = new CountDownLatch(1);
            loops.loop(0).execute(() -> standStill(release));

            RecordedEvent stall = await(event -> event.getString("culpritStack").contains("standStill"));

            assertThat(stall.getString("heldUpBy")).isEqualTo("loop");
            assertThat(stall.getString("culprit")).contains("dormouse-loop-0");
            assertThat(loops.loop(0).counts().stalls()).isPositive();
            release.countDown();
        }
    }

    @Test
    void whoeverHoldsALoopIsNamedAfterItAndSoIsWhoIsStuck() throws Exception {
        try (var loops = EventLoops.start(oneLoop)) {
            EventLoop loop = loops.loop(0);
            var stop = new AtomicBoolean();
            var stuck = new LinkedBlockingQueue<Thread>();
            var holder = new LinkedBlockingQueue<String>();
            loop.execute(() -> {
                stuck.add(Thread.currentThread());
                loop.carry(() -> spinUntil(stop));
            });
            Thread first = stuck.poll(10, TimeUnit.SECONDS);
            loop.execute(() -> {
                if (Thread.currentThread() != first)
                    holder.add(Thread.currentThread().getName());
            });
            assertThat(holder.poll(10, TimeUnit.SECONDS)).isEqualTo("dormouse-loop-0");
            while (!first.getName().equals("dormouse-loop-0-stuck")) Thread.onSpinWait(); // a moment later
            // Counted by the sentinel, after the new holder has begun.
            while (loop.counts().handOvers() == 0) Thread.onSpinWait();
            stop.set(true);
        }
    }

    @Test
    void aJvmWithoutTheFlightRecorderHandsLoopsOverAsWell() throws Exception {
        String printed = ChildJvm.run(
                WithoutRecorder.class,
                "--limit-modules=java.base,java.logging",
                "--add-opens=java.base/java.lang=ALL-UNNAMED");
        assertThat(printed).contains("module: false, handed over: true");
    }

    /** Hands a loop over, and prints whether that was reported. */
    static final class WithoutRecorder {
        public static void main(String[] arguments) throws Exception {
            var told = new CountDownLatch(1);
            var faults = new Faults() {
                @Override
                public void fellBack(String what) {}

                @Override
                public void failed(String where, Throwable cause) {
                    cause.printStackTrace();
                }

                @Override
                public void handedOver(int loop, StackTraceElement[] stack, int others) {
                    told.countDown();
                }

                @Override
                public void stalled(String what, StackTraceElement[] stack) {}
            };
            var settings =
                    LoopSettings.defaults().withLoops(1).withCarryThreads(true).withFaults(faults);
            try (var loops = EventLoops.start(settings)) {
                var stop = new AtomicBoolean();
                loops.loop(0).carry(() -> spinUntil(stop));
                boolean handedOver = told.await(20, TimeUnit.SECONDS);
                stop.set(true);
                System.out.println("module: "
                        + ModuleLayer.boot().findModule("jdk.jfr").isPresent() + ", handed over: " + handedOver);
            }
        }
    }
}
