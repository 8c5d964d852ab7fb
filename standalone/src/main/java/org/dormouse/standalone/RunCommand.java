package org.dormouse.standalone;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.dormouse.Dormouse;
import org.dormouse.Execution;
import org.dormouse.WebApp;
import org.dormouse.servlet.mapping.CanonicalPath;
import org.dormouse.standalone.demo.Demo;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Serves applications until the process is told to end. */
@Command(
        name = "run",
        description =
                "Serves applications, or the demonstration if none is named. SIGTERM or Ctrl-C ends it gracefully.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class RunCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--port", paramLabel = "N", description = "Port to listen on; 0: a free one. Default: 8080")
    private @Nullable Integer port;

    @Option(
            names = "--https-port",
            paramLabel = "N",
            description = "Port to listen on for HTTPS; 0: a free one. Without --port, only there")
    private @Nullable Integer httpsPort;

    @Option(
            names = "--certificate",
            paramLabel = "FILE",
            description =
                    "Certificate chain in PEM, the server's own first; repeated for more names, which clients choose by")
    private List<Path> certificates = new ArrayList<>();

    @Option(
            names = "--private-key",
            paramLabel = "FILE",
            description = "Private key of the certificate in PEM; once for each --certificate, in their order")
    private List<Path> privateKeys = new ArrayList<>();

    @Option(
            names = "--private-key-password-file",
            paramLabel = "FILE",
            description = "File whose first line is the password of encrypted private keys")
    private @Nullable Path privateKeyPassword;

    @Option(
            names = "--keystore",
            paramLabel = "FILE",
            description = "Key store (PKCS12 or JKS) instead of PEM files; may be repeated")
    private List<Path> keyStores = new ArrayList<>();

    @Option(
            names = "--keystore-password-file",
            paramLabel = "FILE",
            description = "File whose first line is the password of the key stores")
    private @Nullable Path keyStorePassword;

    @Option(
            names = "--host",
            paramLabel = "H",
            description = "Name or address of the interface to listen on. Default: 0.0.0.0, every interface")
    private @Nullable String host;

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS",
            description =
                    "Address to listen on instead of host and port: 127.0.0.1:8080, [::1]:8080, unix:/run/a.sock, "
                            + "unix:@name, systemd:NAME, fd:3; may be repeated. With options behind it, as in \"0.0.0.0:8443 tls\"")
    private List<String> addresses = new ArrayList<>();

    @Option(
            names = "--context",
            paramLabel = "/PATH",
            description =
                    "Context path; once for each application, in their order. Default: what default-context-path of its web.xml "
                            + "says, else / for a single application, for several the name of each file (ROOT.war: /)")
    private List<String> contexts = new ArrayList<>();

    @Option(
            names = "--execution",
            paramLabel = "MODE",
            description =
                    "Where servlets run: loop, virtual, pool or inline. Default: loop if the JVM allows it, else virtual")
    private @Nullable Mode execution;

    @Option(names = "--loops", paramLabel = "N", description = "Number of event loops. Default: one per core")
    private @Nullable Integer loops;

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            description =
                    "What waits for readiness: epoll (Linux), kqueue (macOS, FreeBSD) or nio (everywhere, slower). Default: auto, "
                            + "the system's own, or nio where it cannot be had")
    private @Nullable String backend;

    @Option(
            names = "--users",
            paramLabel = "FILE",
            description = "Who may log in: one user a line, name:password:role,role. See dormouse hash-password")
    private @Nullable Path users;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "Settings as a properties file in UTF-8; see docs/configuration.md. Options of this command win")
    private @Nullable Path config;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "A setting, as in --set http.max-head-bytes=32k")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--lib",
            paramLabel = "JAR",
            description =
                    "A library that the applications expect their server to have, as if it lay in their WEB-INF/lib; may be repeated")
    private List<Path> libraries = new ArrayList<>();

    @Option(
            names = "--context-param",
            paramLabel = "NAME=VALUE",
            description =
                    "A context parameter of the applications, in place of what their web.xml says; may be repeated")
    private Map<String, String> contextParams = new LinkedHashMap<>();

    @Parameters(
            paramLabel = "APP.war | FOLDER",
            arity = "0..*",
            description = "Applications to serve, packed or unpacked")
    private List<Path> applications = new ArrayList<>();

    /** What {@code --execution} can ask for. */
    enum Mode {
        LOOP(Execution.LOOP),
        VIRTUAL(Execution.VIRTUAL),
        POOL(Execution.POOL),
        INLINE(Execution.INLINE);

        final Execution execution;

        Mode(Execution execution) {
            this.execution = execution;
        }
    }

    @Override
    public Integer call() throws Exception {
        try (Dormouse server = start()) {
            CountDownLatch ended = closeOnSignal(server);
            sayWhere(server);
            ended.await();
        }
        return 0;
    }

    /** Settings that cannot be are a matter of the command line, wherever they are noticed. */
    private Dormouse start() throws IOException {
        try {
            return builder().start();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), Failures.inOneLine(e), e);
        }
    }

    private Dormouse.Builder builder() throws IOException {
        Dormouse.Builder builder = Dormouse.builder();
        // The page of the demonstration never lets go of its stream of events; nobody shall wait for that.
        if (applications.isEmpty()) builder.drainTimeout(Duration.ofSeconds(1));
        builder.set("server.notify", "true"); // the process is the service
        if (config != null) readConfig(config).forEach(builder::set);
        settings.forEach(builder::set);
        if (port != null) builder.port(port);
        if (httpsPort != null) builder.set("server.https-port", httpsPort.toString());
        setFiles(builder, "tls.certificate", certificates);
        setFiles(builder, "tls.private-key", privateKeys);
        setFiles(builder, "tls.private-key-password-file", one(privateKeyPassword));
        setFiles(builder, "tls.keystore", keyStores);
        setFiles(builder, "tls.keystore-password-file", one(keyStorePassword));
        if (host != null) builder.host(host);
        if (!addresses.isEmpty()) builder.listen(addresses.toArray(String[]::new));
        if (execution != null) builder.execution(execution.execution);
        if (loops != null) builder.loops(loops);
        if (backend != null) builder.set("server.backend", backend);
        if (users != null && !Files.isReadable(users)) throw new NoSuchFileException("users file " + users);
        if (applications.isEmpty()) {
            WebApp demo = Demo.at(contexts.isEmpty() ? "/" : contexts.getFirst());
            return builder.deploy(users == null ? demo : demo.users(users));
        }
        List<String> paths = new ContextPaths(contexts, applications).resolve(spec.commandLine());
        for (int i = 0; i < applications.size(); i++) {
            String path = paths.get(i);
            WebApp application = contexts.isEmpty() ? WebApp.atOwnPath(path) : WebApp.at(path);
            application.war(applications.get(i));
            if (users != null) application.users(users);
            application.library(libraries.toArray(Path[]::new));
            contextParams.forEach(application::contextParam);
            builder.deploy(application);
        }
        return builder;
    }

    private static List<Path> one(@Nullable Path file) {
        return file == null ? List.of() : List.of(file);
    }

    private static void setFiles(Dormouse.Builder builder, String key, List<Path> files) {
        if (files.isEmpty()) return;
        for (Path each : files)
            if (each.toString().indexOf(',') >= 0) throw new IllegalArgumentException("a comma in file name " + each);
        builder.set(key, String.join(",", files.stream().map(Path::toString).toList()));
    }

    private static Map<String, String> readConfig(Path file) throws IOException {
        var properties = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IllegalArgumentException | MalformedInputException e) {
            throw new IOException("config file " + file + " cannot be read: " + e.getMessage(), e);
        }
        var read = new TreeMap<String, String>();
        for (String key : properties.stringPropertyNames()) read.put(key, properties.getProperty(key));
        return read;
    }

    /** The shutdown hook waits for the close, or the JVM would end in the midst of it. */
    private static CountDownLatch closeOnSignal(Dormouse server) {
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            server.close();
                            ended.countDown();
                        },
                        "dormouse-shutdown"));
        return ended;
    }

    /** One line for each application, since {@code /} need not be one of them. */
    private void sayWhere(Dormouse server) {
        PrintWriter out = spec.commandLine().getOut();
        List<String> paths = server.contextPaths();
        for (int i = 0; i < paths.size(); i++) {
            String name = applications.isEmpty() ? "The demonstration" : "" + applications.get(i);
            String path = CanonicalPath.encode(paths.get(i)) + "/";
            var places = new ArrayList<String>();
            for (String address : server.addresses()) places.add(place(address, path));
            out.println(name + " is at " + String.join(" and ", places));
        }
        out.println("Dormouse runs with execution " + server.execution().name().toLowerCase(Locale.ROOT)
                + ". Ctrl-C ends it.");
        out.flush();
    }

    /** Of TCP what a browser takes. What is said of an address stands behind it. */
    private static String place(String listened, String path) {
        String[] words = listened.split(" ", -1);
        String address = words[0];
        boolean isTls = List.of(words).contains("tls");
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, colon);
        if (host.equals("fd") || address.startsWith("unix:")) return listened + " under " + path;
        boolean isEvery = host.equals("0.0.0.0") || host.equals("[::]");
        return (isTls ? "https://" : "http://") + (isEvery ? "localhost" + address.substring(colon) : address) + path;
    }
}
