package org.dormouse.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dormouse.transport.ConnectionLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Limits of the system that are too small are told, with what they would have to be. */
class SystemLimitsTest {
    private static final int DEFAULT = ConnectionLimits.DEFAULT.maxConnections();

    @Test
    void limitsThatSufficeSayNothing() {
        assertThat(new SystemLimits(10_256, 4096).warnings(10_000, 4096)).isEmpty();
        assertThat(new SystemLimits(SystemLimits.NONE, SystemLimits.NONE).warnings(Integer.MAX_VALUE - 256, 65_535))
                .isEmpty();
    }

    @Test
    void tooFewDescriptorsAreToldWithValueNeedAndRemedy() {
        assertThat(new SystemLimits(10_255, 4096).warnings(10_000, 4096))
                .containsExactly(
                        "this process may open 10255 files, but connections.max 10000 needs 10256: raise the hard"
                                + " limit (ulimit -Hn, LimitNOFILE of systemd), or lower connections.max");
    }

    @Test
    void theDefaultNumberOfConnectionsAsksForLess() {
        assertThat(new SystemLimits(20_000, 4096).warnings(DEFAULT, 4096)).isEmpty();
        assertThat(new SystemLimits(1024, 4096).warnings(DEFAULT, 4096))
                .containsExactly("this process may open 1024 files, but a server needs 4352: raise the hard limit"
                        + " (ulimit -Hn, LimitNOFILE of systemd)");
    }

    @Test
    void aBacklogThatTheKernelCutsIsToldWithValueNeedAndRemedy() {
        assertThat(new SystemLimits(20_000, 128).warnings(DEFAULT, 4096))
                .containsExactly("the kernel cuts server.backlog 4096 to 128: raise net.core.somaxconn (sysctl -w"
                        + " net.core.somaxconn=4096), or lower server.backlog");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void whatThisKernelSaysIsReadAsOthersReadIt() throws Exception {
        Process cat = new ProcessBuilder("cat", "/proc/sys/net/core/somaxconn").start();
        String shown = new String(cat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        assertThat(SystemLimits.ofThisProcess().somaxconn()).isEqualTo(Long.parseLong(shown));
        assertThat(SystemLimits.ofThisProcess().descriptors()).isGreaterThan(100);
    }

    @Test
    void theFilesOfLinuxAreRead(@TempDir Path folder) throws Exception {
        Path limits = Files.writeString(folder.resolve("limits"), """
                Limit                     Soft Limit           Hard Limit           Units
                Max processes             63000                63000                processes
                Max open files            1024                 524288               files
                """);
        Path somaxconn = Files.writeString(folder.resolve("somaxconn"), "128\n");
        assertThat(SystemLimits.read(limits, somaxconn)).isEqualTo(new SystemLimits(1024, 128));
        Files.writeString(limits, "Max open files            unlimited            unlimited            files\n");
        assertThat(SystemLimits.read(limits, folder.resolve("none")))
                .isEqualTo(new SystemLimits(SystemLimits.NONE, SystemLimits.NONE));
    }
}
