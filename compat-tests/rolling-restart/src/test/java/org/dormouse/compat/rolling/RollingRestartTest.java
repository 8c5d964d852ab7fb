package org.dormouse.compat.rolling;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
class RollingRestartTest {
    private static final int RESTARTS = 20;

    @TempDir
    Path folder;

    private final Map<String, Process> servers = new HashMap<>();

    @AfterEach
    void endServers() {
        servers.values().forEach(Process::destroyForcibly);
    }

    @Test
    void twentyRollingRestartsUnderLoadFailNoRequest() throws Exception {
        List<Integer> ports = freePorts(3);
        Map<String, Integer> portOf = Map.of("a", ports.get(1), "b", ports.get(2));
        for (String name : portOf.keySet()) servers.put(name, start(portOf.get(name)));
        try (var haproxy = new Haproxy(folder, ports.get(0), ports.get(1), ports.get(2))) {
            while (!haproxy.isUp()) Thread.sleep(20); // it tells nobody
            var load = new Load(ports.get(0), 16, 4);
            try (load) {
                for (int i = 0; i < RESTARTS; i++) {
                    String name = i % 2 == 0 ? "a" : "b";
                    load.answered.await(200);
                    haproxy.drain(name);
                    stop(servers.get(name));
                    servers.put(name, start(portOf.get(name)));
                    haproxy.ready(name);
                    assertThat(load.failures)
                            .as("after restart %d, of %s", i + 1, name)
                            .isEmpty();
                }
            }
            System.out.println(RESTARTS + " restarts, " + load.answered + " requests answered, " + load.goingAway
                    + " WebSockets told that the server goes away, failures " + load.failures);
            assertThat(load.failures).isEmpty();
            assertThat(load.goingAway.get()).isPositive();
        }
    }

    private static List<Integer> freePorts(int count) throws IOException {
        var sockets = new ArrayList<ServerSocket>();
        var ports = new ArrayList<Integer>();
        for (int i = 0; i < count; i++) {
            var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            sockets.add(socket);
            ports.add(socket.getLocalPort());
        }
        for (ServerSocket socket : sockets) socket.close();
        return ports;
    }

    private static Process start(int port) throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx128m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Backend.class.getName(),
                Integer.toString(port));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = output.readLine();
        while (line != null && !line.equals(Backend.READY)) line = output.readLine();
        assertThat(line).as("the server on port %d is ready", port).isNotNull();
        return process;
    }

    /** As an orchestrator does: SIGTERM, and patience. */
    private static void stop(Process process) throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(40, TimeUnit.SECONDS)).as("the server ends").isTrue();
        assertThat(process.exitValue()).isEqualTo(143);
    }
}
