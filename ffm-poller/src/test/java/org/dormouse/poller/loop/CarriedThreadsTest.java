package org.dormouse.poller.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.dormouse.poller.ChildJvm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When there are carried threads, what they survive, and what they must not do to the rest of the JVM. */
@Timeout(90)
class CarriedThreadsTest {
    private static final String OPENED = "--add-opens=java.base/java.lang=ALL-UNNAMED";

    @Test
    void withoutTheFlagTheDefaultDoesWithoutAndWhatIsAskedForByNameFails() throws Exception {
        String printed = ChildJvm.run(NotOpened.class);

        assertThat(printed).contains("available: false").contains("reason: java.lang is not opened");
        assertThat(printed).contains("--add-opens java.base/java.lang=ALL-UNNAMED");
        assertThat(printed).contains("default carries: false").contains("default ran a task");
        assertThat(printed).contains("asked for: UnsupportedOperationException: carried virtual threads cannot be had");
        assertThat(printed).contains("carry: UnsupportedOperationException: this loop carries no threads");
    }

    static final class NotOpened {
        public static void main(String[] arguments) throws Exception {
            var availability = CarriedThreads.availability();
            System.out.println("available: " + availability.isAvailable());
            System.out.println("reason: " + availability.reason());
            try (var loops = EventLoops.start(LoopSettings.defaults())) {
                System.out.println("default carries: " + loops.loop(0).carriesThreads());
                var ran = new CountDownLatch(1);
                loops.loop(0).execute(ran::countDown);
                if (ran.await(10, TimeUnit.SECONDS)) System.out.println("default ran a task");
                try {
                    loops.loop(0).carry(() -> System.out.println("carried after all"));
                } catch (UnsupportedOperationException e) {
                    System.out.println("carry: UnsupportedOperationException: " + e.getMessage());
                }
            }
            try (var loops = EventLoops.start(LoopSettings.defaults().withCarryThreads(true))) {
                System.out.println("asked for: got " + loops);
            } catch (UnsupportedOperationException e) {
                System.out.println("asked for: UnsupportedOperationException: " + e.getMessage());
            }
        }
    }

    @Test
    void aBackendThatIsAskedForByNameAndUnknownFailsTheStart() {
        assertThatThrownBy(() -> EventLoops.start(LoopSettings.defaults().withBackend("select")))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("select")
                .hasMessageContaining("epoll");
    }

    @Test
    void socketsOfOtherVirtualThreadsDoNotDependOnALoopWhoseThreadTouchedThemFirst() throws Exception {
        assertThat(ChildJvm.run(TouchesSocketsFirst.class, OPENED)).contains("woken while the loop stood still");
    }

    /** Without the early initialisation the JDK's socket poller would be carried by the loop, and stand still with it. */
    static final class TouchesSocketsFirst {
        public static void main(String[] arguments) throws Exception {
            var clock = new HandClock();
            var kernel = new org.dormouse.poller.ScriptedKernel();
            // Turn by turn, and no sentinel: when the loop stands still, nothing that it carries goes on.
            try (var driver = new ScriptedLoop(kernel, clock);
                    var server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                    var client = new Socket(InetAddress.getLoopbackAddress(), server.getLocalPort());
                    var accepted = server.accept()) {
                accepted.setSoTimeout(0);
                driver.loop().carry(() -> {
                    try {
                        accepted.getInputStream().read();
                    } catch (java.io.IOException e) {
                        throw new AssertionError(e);
                    }
                });
                driver.turn();
                var elsewhere = new CompletableFuture<Integer>();
                try (var second = new Socket(InetAddress.getLoopbackAddress(), server.getLocalPort());
                        var secondAccepted = server.accept()) {
                    var isReading = new CountDownLatch(1);
                    Thread.ofVirtual().start(() -> {
                        try {
                            isReading.countDown();
                            elsewhere.complete(secondAccepted.getInputStream().read());
                        } catch (java.io.IOException e) {
                            elsewhere.completeExceptionally(e);
                        }
                    });
                    isReading.await();
                    second.getOutputStream().write('x');
                    if (elsewhere.get(20, TimeUnit.SECONDS) == 'x')
                        System.out.println("woken while the loop stood still");
                }
                client.getOutputStream().write('y');
                System.exit(0);
            }
        }
    }

    @Test
    void socketsInCarriedThreadsGoOnAfterTheServerIsClosed() throws Exception {
        var result = new CompletableFuture<Integer>();
        try (var server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                var client = new Socket(InetAddress.getLoopbackAddress(), server.getLocalPort());
                var accepted = server.accept()) {
            try (var loops = EventLoops.start(LoopSettings.defaults().withLoops(1))) {
                var isReading = new CountDownLatch(1);
                loops.loop(0).carry(() -> {
                    try {
                        isReading.countDown();
                        result.complete(accepted.getInputStream().read());
                    } catch (java.io.IOException e) {
                        result.completeExceptionally(e);
                    }
                });
                assertThat(isReading.await(10, TimeUnit.SECONDS)).isTrue();
            }
            client.getOutputStream().write('x');
            assertThat(result.get(10, TimeUnit.SECONDS)).isEqualTo('x');
        }
    }

    @Test
    void lateTasksRunOneAtATimeInTheirOrderAndLateThreadsStart() throws Exception {
        EventLoop loop;
        try (var loops = EventLoops.start(LoopSettings.defaults().withLoops(1))) {
            loop = loops.loop(0);
        }
        var order = new java.util.ArrayList<Integer>();
        var done = new CountDownLatch(1);
        var wasOwner = new CompletableFuture<Boolean>();
        loop.execute(() -> wasOwner.complete(loop.isOwner()));
        for (int i = 0; i < 1000; i++) {
            int number = i;
            loop.execute(() -> order.add(number));
        }
        loop.execute(done::countDown);
        var carried = new CompletableFuture<Boolean>();
        loop.carry(() -> carried.complete(Thread.currentThread().isVirtual()));

        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(order).isSorted().hasSize(1000);
        assertThat(wasOwner.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(carried.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void tasksSentWhileTheLoopClosesAreNeverLost() throws Exception {
        for (int round = 0; round < 50; round++) {
            var loops = EventLoops.start(LoopSettings.defaults().withLoops(1));
            EventLoop loop = loops.loop(0);
            int count = 200;
            var ran = new CountDownLatch(count);
            var sender = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < count; i++) {
                    if (i % 2 == 0) loop.execute(ran::countDown);
                    else loop.carry(ran::countDown);
                }
            });
            loops.close();
            sender.join();
            assertThat(ran.await(10, TimeUnit.SECONDS))
                    .as("round %d, missing %d", round, ran.getCount())
                    .isTrue();
        }
    }

    @Test
    void aCarriedThreadMayCloseTheLoopsThatCarryIt() throws Exception {
        var loops = EventLoops.start(LoopSettings.defaults().withLoops(2));
        var closed = new CompletableFuture<Boolean>();
        loops.loop(0).carry(() -> {
            loops.close();
            closed.complete(true);
        });
        assertThat(closed.get(15, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void stackOverflowAndLackOfMemoryInABodyAreSurvived() throws Exception {
        try (var loops = EventLoops.start(LoopSettings.defaults().withLoops(1))) {
            EventLoop loop = loops.loop(0);
            for (int i = 0; i < 3; i++) {
                assertThat(fails(loop, () -> recurse(0))).isInstanceOf(StackOverflowError.class);
                assertThat(fails(loop, () -> System.out.println(new long[Integer.MAX_VALUE].length)))
                        .isInstanceOf(OutOfMemoryError.class);
            }
            var ran = new CountDownLatch(1);
            loop.carry(ran::countDown);
            assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void theStackOfTheLoopsBoundsTheRecursionOfABody() throws Exception {
        int small = depth(256 * 1024);
        int large = depth(4 * 1024 * 1024);
        assertThat(large).isGreaterThan(4 * small);
    }

    private static int depth(long stackBytes) throws Exception {
        try (var loops = EventLoops.start(LoopSettings.defaults().withLoops(1).withStackBytes(stackBytes))) {
            var result = new CompletableFuture<Integer>();
            loops.loop(0).carry(() -> result.complete(measureDepth(new int[1])));
            return result.get(20, TimeUnit.SECONDS);
        }
    }

    private static int measureDepth(int[] depth) {
        try {
            descend(depth);
            return 0;
        } catch (StackOverflowError e) {
            return depth[0];
        }
    }

    private static void descend(int[] depth) {
        depth[0]++;
        descend(depth);
    }

    /** What an uncaught {@code body} died of. */
    private static Throwable fails(EventLoop loop, Runnable body) throws Exception {
        var death = new CompletableFuture<Throwable>();
        loop.carry(() -> {
            Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> death.complete(e));
            body.run();
        });
        return death.get(20, TimeUnit.SECONDS);
    }

    private static int recurse(int depth) {
        return recurse(depth + 1) + 1;
    }
}
