package org.dormouse.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.dormouse.poller.ScriptedKernel;
import org.dormouse.poller.loop.HandClock;
import org.dormouse.poller.loop.ScriptedLoop;
import org.dormouse.poller.socket.NotifySocket;
import org.dormouse.poller.socket.UnixAddress;
import org.dormouse.poller.socket.UnixDatagrams;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
class ServiceManagerTest {
    private static final long PID = 77;

    @TempDir
    Path folder;

    private static ServiceManager manager(String... variables) {
        var environment = new java.util.HashMap<String, String>();
        for (int i = 0; i < variables.length; i += 2) environment.put(variables[i], variables[i + 1]);
        return new ServiceManager(environment, PID);
    }

    @Test
    void descriptorsAreFoundByNameFromThreeOn() throws Exception {
        var manager = manager("LISTEN_PID", "77", "LISTEN_FDS", "4", "LISTEN_FDNAMES", "web:admin:web:");
        assertThat(manager.descriptors("web")).containsExactly(3, 5);
        assertThat(manager.descriptors("admin")).containsExactly(4);
        assertThat(manager.descriptors("")).containsExactly(3, 4, 5, 6);
        assertThat(manager("LISTEN_PID", "77", "LISTEN_FDS", "2").descriptors("unknown"))
                .containsExactly(3, 4);
        assertThatThrownBy(() -> manager.descriptors("wbe"))
                .isInstanceOf(BindException.class)
                .hasMessageContaining("wbe")
                .hasMessageContaining("web, admin, web");
    }

    @ParameterizedTest
    @CsvSource({
        "78,1,a,'process 78 (LISTEN_PID), this is 77'",
        "77,x,a,'LISTEN_FDS is \"x\"'",
        "77,-1,a,'LISTEN_FDS is \"-1\"'",
        "77,1025,a,not a number up to 1024",
        "77,0,'',no socket named a",
        "77,2,a,'LISTEN_FDNAMES has 1 names, LISTEN_FDS is 2'",
        "77,1,a:b,'LISTEN_FDNAMES has 2 names, LISTEN_FDS is 1'"
    })
    void whatIsNotForThisProcessOrDoesNotFitIsRefused(String pid, String count, String names, String why) {
        var manager = manager("LISTEN_PID", pid, "LISTEN_FDS", count, "LISTEN_FDNAMES", names);
        assertThatThrownBy(() -> manager.descriptors("a"))
                .isInstanceOf(BindException.class)
                .satisfies(e -> assertThat(e.getMessage())
                        .satisfiesAnyOf(
                                m -> assertThat(m).contains(why),
                                m -> assertThat(count).isEqualTo("0")));
        assertThatThrownBy(() -> manager().descriptors("a")).hasMessage("systemd passed no sockets to this process");
    }

    @Test
    void theWatchdogIsOnlyForItsProcess() {
        assertThat(manager("WATCHDOG_USEC", "3000000", "WATCHDOG_PID", "77").watchdog())
                .isEqualTo(Duration.ofSeconds(3));
        assertThat(manager("WATCHDOG_USEC", "3000000").watchdog()).isEqualTo(Duration.ofSeconds(3));
        assertThat(manager("WATCHDOG_USEC", "3000000", "WATCHDOG_PID", "78").watchdog())
                .isNull();
        for (String none : List.of("0", "", "-5", "many"))
            assertThat(manager("WATCHDOG_USEC", none).watchdog()).as(none).isNull();
        assertThat(manager().watchdog()).isNull();
    }

    @Test
    void whoIsNotAskedToTellTellsNobodyAndAWrongAddressIsRefused() throws IOException {
        assertThat(manager().connect()).isNull();
        assertThatThrownBy(() -> manager("NOTIFY_SOCKET", "vsock:2:1").connect())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("vsock:2:1");
    }

    @Test
    void aDescriptorThatIsNamedTwiceIsRefusedBeforeAnybodyTouchesIt() throws IOException {
        var manager = manager("LISTEN_PID", "77", "LISTEN_FDS", "2", "LISTEN_FDNAMES", "web:admin");
        var all = ListenPoint.parseAll("systemd:web, 127.0.0.1:0, systemd:admin");
        assertThat(OpenAddress.single(all, manager)).hasToString("[fd:3, 127.0.0.1:0, fd:4]");
        assertThat(OpenAddress.single(ListenPoint.parseAll("systemd:web tls proxy=10.0.0.0/8 proxy=unix"), manager))
                .hasToString("[fd:3 tls proxy=10.0.0.0/8 proxy=unix]");
        for (String twice : List.of("fd:4, systemd:", "systemd:admin, systemd:", "systemd:, fd:4"))
            assertThatThrownBy(() -> OpenAddress.single(ListenPoint.parseAll(twice), manager))
                    .as(twice)
                    .isInstanceOf(BindException.class)
                    .hasMessageContaining("fd:4 is listened on twice");
    }

    @Test
    void thatNothingWasPassedIsSaid() {
        assertThatThrownBy(() -> manager("LISTEN_PID", "77", "LISTEN_FDS", "0").descriptors(""))
                .hasMessage("systemd passed no sockets (LISTEN_FDS is 0)");
    }

    @Test
    void thatItIsReadyIsNotLostToAManagerThatIsBusy() throws Exception {
        Path path = folder.resolve("notify");
        var service = new ServiceState(new ServiceManager(Map.of("NOTIFY_SOCKET", path.toString()), PID));
        try (var manager = new UnixDatagrams(path);
                var others = NotifySocket.open(UnixAddress.of(path.toString()))) {
            int waiting = 0;
            while (others.send("others")) waiting++;
            var ready = Thread.ofPlatform().start(() -> service.ready(List.of()));
            while (ready.getState() != Thread.State.TIMED_WAITING && ready.isAlive()) Thread.onSpinWait();
            for (int i = 0; i < waiting; i++) assertThat(manager.poll()).isEqualTo("others");
            ready.join();
            assertThat(manager.poll()).startsWith("READY=1\n");
            service.close();
        }
    }

    @Test
    void theStateIsToldAndTheWatchdogHearsFromTheLastLoopOnlyWhenAllHavePassedItOn() {
        Path path = folder.resolve("notify");
        var kernel = new ScriptedKernel();
        var clock = new HandClock();
        var service = new ServiceState(
                new ServiceManager(Map.of("NOTIFY_SOCKET", path.toString(), "WATCHDOG_USEC", "2000000"), PID));
        try (var manager = new UnixDatagrams(path);
                var first = new ScriptedLoop(kernel, clock, 0);
                var second = new ScriptedLoop(kernel, clock, 1)) {
            service.ready(List.of(first.loop(), second.loop()));
            assertThat(manager.poll()).startsWith("READY=1\n");
            first.settle();
            first.advance(Duration.ofMillis(999));
            second.settle();
            assertThat(manager.poll()).isNull();
            first.advance(Duration.ofMillis(1));
            assertThat(manager.poll()).as("the second loop is stuck").isNull();
            first.advance(Duration.ofSeconds(5));
            assertThat(manager.poll()).as("still stuck").isNull();
            second.settle();
            assertThat(manager.poll()).isEqualTo("WATCHDOG=1");
            service.stopping();
            service.close();
            while (true) {
                String message = manager.poll();
                if (message == null) throw new AssertionError("not told that it stops");
                if (message.startsWith("STOPPING=1\n")) break;
            }
            first.advance(Duration.ofSeconds(5));
            second.settle();
            assertThat(manager.poll()).isNull();
        }
    }
}
