package org.dormouse;

import static org.dormouse.Oracle.pick;
import static org.dormouse.Oracle.subset;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dormouse.identity.Caller;
import org.dormouse.servlet.mapping.PathModel;
import org.dormouse.servlet.security.AccessRequirement.Decision;
import org.dormouse.servlet.security.ConstraintModel;
import org.dormouse.servlet.security.ResourceCollection;
import org.dormouse.servlet.security.SecurityConstraint;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random constraints before files, servlets and WebSocket endpoints of a real server, asked for in random spellings: whatever the two
 * models say of path and constraint is what happens, whoever would have answered.
 */
class ConstraintsEverywhereTest {
    private static final int APPLICATIONS = 24;
    private static final int REQUESTS = 12_000;
    private static final Set<String> ROLES = Set.of("R1", "R2");
    private static final String[] PATTERNS = {
        "",
        "/",
        "/*",
        "/s/*",
        "/s/deep/*",
        "/s/file.txt",
        "*.do",
        "*.sec",
        "/v/*",
        "/v/a",
        "/w/*",
        "/w/talk",
        "/w/rooms/*",
        "/w/rooms/7",
        "/w/rooms/{room}"
    };
    private static final String[] FILES = {"/s/file.txt", "/s/deep/x.do", "/plain.txt", "/a.sec", "/s/b.sec"};
    private static final String[] SERVLETS = {"/v", "/v/", "/v/a", "/v/a/b.sec", "/v/x.do"};
    private static final String[] ENDPOINTS = {"/w/talk", "/w/rooms/7", "/w/rooms/x.do", "/w/rooms/8.sec"};
    private static final String OPENING = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    private static final Pattern CONTEXT = Pattern.compile("(?s)/c(0|[1-9][0-9]?)(|/.*)");

    @TempDir
    static Path folder;

    private static final List<List<SecurityConstraint>> CONSTRAINTS = new ArrayList<>();
    private static Dormouse server;

    private record Ask(
            String raw,
            String method,
            boolean opening,
            @Nullable Caller caller) {}

    private static final class Reached extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().write("reached");
        }
    }

    public static final class Talk extends Endpoint {
        @Override
        public void onOpen(Session session, EndpointConfig config) {}
    }

    @BeforeAll
    static void start() throws IOException {
        var random = new SplittableRandom(13);
        var builder = Mode.builder().port(0);
        for (int i = 0; i < APPLICATIONS; i++) {
            List<SecurityConstraint> constraints = new ArrayList<>();
            for (int j = 1 + random.nextInt(4); j > 0; j--) constraints.add(constraint(random));
            CONSTRAINTS.add(constraints);
            builder.deploy(application(i, constraints));
        }
        server = builder.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static SecurityConstraint constraint(RandomGenerator random) {
        Set<String> patterns = subset(random, 15, PATTERNS);
        patterns.add(pick(random, PATTERNS));
        Set<String> methods = subset(random, 50, "GET", "POST");
        boolean named = random.nextBoolean();
        boolean all = random.nextInt(3) > 0;
        var collection =
                new ResourceCollection(patterns, all || !named ? Set.of() : methods, all || named ? Set.of() : methods);
        Set<String> roles = random.nextInt(4) == 0 ? null : subset(random, 35, "R1", "R2", "*", "**");
        return new SecurityConstraint(List.of(collection), roles, random.nextInt(5) == 0);
    }

    private static WebApp application(int number, List<SecurityConstraint> constraints) throws IOException {
        Path war = Files.createDirectories(folder.resolve("war" + number));
        for (String file : FILES) {
            Path path = war.resolve(file.substring(1));
            Files.createDirectories(path.getParent());
            Files.writeString(path, "reached");
        }
        var xml = new StringBuilder("<web-app xmlns=\"https://jakarta.ee/xml/ns/jakartaee\" version=\"6.1\">");
        for (SecurityConstraint constraint : constraints) append(xml, constraint);
        xml.append("<login-config><auth-method>BASIC</auth-method></login-config>");
        for (String role : ROLES)
            xml.append("<security-role>").append(name(role)).append("</security-role>");
        Files.createDirectories(war.resolve("WEB-INF"));
        Files.writeString(war.resolve("WEB-INF/web.xml"), xml.append("</web-app>"));
        Path users = Files.writeString(folder.resolve("users.txt"), "u1:secret:R1\nu2:secret:R2\nu3:secret:\n");
        return Mode.app("/c" + number)
                .war(war)
                .users(users)
                .servletNamed("reached", new Reached(), "/v/*")
                .endpoint(ServerEndpointConfig.Builder.create(Talk.class, "/w/talk")
                        .build())
                .endpoint(ServerEndpointConfig.Builder.create(Talk.class, "/w/rooms/{room}")
                        .build());
    }

    private static String name(String role) {
        return "<role-name>" + role + "</role-name>";
    }

    private static void append(StringBuilder xml, SecurityConstraint constraint) {
        xml.append("<security-constraint>");
        for (ResourceCollection collection : constraint.collections()) {
            xml.append("<web-resource-collection><web-resource-name>x</web-resource-name>");
            for (String p : collection.patterns())
                xml.append("<url-pattern>").append(p).append("</url-pattern>");
            for (String m : collection.methods())
                xml.append("<http-method>").append(m).append("</http-method>");
            for (String m : collection.omitted())
                xml.append("<http-method-omission>").append(m).append("</http-method-omission>");
            xml.append("</web-resource-collection>");
        }
        if (constraint.roles() != null) {
            xml.append("<auth-constraint>");
            for (String role : constraint.roles()) xml.append(name(role));
            xml.append("</auth-constraint>");
        }
        if (constraint.confidential()) {
            xml.append("<user-data-constraint><transport-guarantee>CONFIDENTIAL</transport-guarantee>")
                    .append("</user-data-constraint>");
        }
        xml.append("</security-constraint>");
    }

    @Test
    void filesServletsAndEndpointsAreConstrainedAlikeInEverySpelling() throws IOException {
        var oracle = new Oracle<>("constraints over sockets", ConstraintModel.Rule.class, REQUESTS);
        try (var client = new Client()) {
            oracle.compare(ConstraintsEverywhereTest::draw, ask -> disagreement(ask, client, oracle), ask -> List.of());
        }
        // What is encrypted, and methods in another case, are asked about without a server; so are roles that are not
        // declared.
        oracle.everyRuleWasMetBut(
                20,
                EnumSet.of(
                        ConstraintModel.Rule.ENCRYPTED_AS_NEEDED,
                        ConstraintModel.Rule.METHOD_IN_ANOTHER_CASE,
                        ConstraintModel.Rule.METHOD_UNCOVERED_AND_DENIED,
                        ConstraintModel.Rule.SEVERAL_COLLECTIONS_OF_ONE_CONSTRAINT_AT_ONE_PATTERN,
                        ConstraintModel.Rule.STAR_WITHOUT_DECLARED_ROLES,
                        ConstraintModel.Rule.CHOSEN_BY_CONTEXT_ROOT));
    }

    private static Ask draw(RandomGenerator random) {
        int application = random.nextInt(APPLICATIONS);
        int kind = random.nextInt(3);
        String path = pick(random, kind == 0 ? FILES : kind == 1 ? SERVLETS : ENDPOINTS);
        String raw = "/c" + application + path;
        for (int i = random.nextInt(4); i > 0; i--) raw = another(raw, random);
        if (random.nextInt(10) == 0) raw = "http://h" + raw;
        boolean opening = kind == 2;
        String method = kind == 1 ? pick(random, "GET", "POST", "PUT", "BREW") : "GET";
        int user = random.nextInt(4);
        Caller caller = user == 0 ? null : new Caller("u" + user, user == 3 ? Set.of() : Set.of("R" + user));
        return new Ask(raw, method, opening, caller);
    }

    /** Mostly another spelling of the same path, sometimes what merely looks like one. */
    private static String another(String raw, RandomGenerator random) {
        int at = random.nextInt(raw.contains("?") ? raw.indexOf('?') : raw.length());
        String before = raw.substring(0, at);
        String after = raw.substring(at + 1);
        char c = raw.charAt(at);
        if (c == '/')
            return before
                    + pick(random, "//", "/./", "/x/../", "/x;y/../", "/;/", "/..;/", "/.", "/%2e/", "\\")
                    + after;
        if (random.nextInt(30) == 0) return before + c + "?q";
        if (random.nextInt(3) > 0) return before + "%%%02x".formatted((int) c) + after;
        return before + c + pick(random, ";a=b", ";", ";.css", "%3b", "%00", "%20", "", "%2f") + after;
    }

    private static @Nullable String disagreement(Ask ask, Client client, Oracle<ConstraintModel.Rule> oracle) {
        Set<ConstraintModel.Rule> met = EnumSet.noneOf(ConstraintModel.Rule.class);
        String target = ask.raw.startsWith("http://h") ? ask.raw.substring("http://h".length()) : ask.raw;
        String path = PathModel.of(target.split("\\?", 2)[0], false).path();
        Set<Integer> wanted;
        Matcher below = CONTEXT.matcher(path == null ? "" : path);
        if (path == null) {
            wanted = Set.of(400);
        } else if (!below.matches() || Integer.parseInt(below.group(1)) >= APPLICATIONS) {
            wanted = Set.of(404);
        } else if (below.group(2).isEmpty()) {
            wanted = Set.of(302, 308); // to the root of the context, whose constraints hold there
        } else {
            int application = Integer.parseInt(below.group(1)); // a spelling may lead to another one
            Decision decision = new ConstraintModel(CONSTRAINTS.get(application), ROLES, false)
                    .decide(below.group(2), ask.method, false, ask.caller, met);
            oracle.meets(met);
            wanted = switch (decision) {
                case LOGIN_NEEDED -> Set.of(401);
                case FORBIDDEN, ENCRYPTION_NEEDED -> Set.of(403); // there is no port with encryption to go to
                case GRANTED -> granted(ask, below.group(2));
            };
        }
        int status = client.ask(ask);
        return wanted.contains(status) ? null : status + " instead of " + wanted + " by " + met + ", " + path;
    }

    private static Set<Integer> granted(Ask ask, String path) {
        boolean known = List.of(FILES).contains(path);
        if (path.equals("/v") || path.startsWith("/v/")) return Set.of(200);
        if (ask.opening && path.matches("/w/talk|/w/rooms/[^/]+")) return Set.of(101);
        if (!ask.method.equals("GET")) return Set.of(405);
        if (Set.of("/s", "/s/deep").contains(path)) return Set.of(302); // a folder, by its name without a slash
        return known ? Set.of(200) : Set.of(404);
    }

    /** One connection as long as the server keeps it. */
    private static final class Client implements AutoCloseable {
        private @Nullable RawHttp connection;

        int ask(Ask ask) {
            try {
                if (connection == null) connection = RawHttp.connect(server.port());
                connection.sendBytes(head(ask).getBytes(StandardCharsets.ISO_8859_1));
                connection.receive();
                int status = connection.status();
                if (status == 101 || "close".equals(connection.field("Connection"))) close();
                return status;
            } catch (IOException e) {
                throw new AssertionError(ask + " was not answered", e);
            }
        }

        private static String head(Ask ask) {
            var head = new StringBuilder(ask.method + " " + ask.raw + " HTTP/1.1\r\nHost: h\r\n");
            if (ask.opening) head.append(OPENING);
            else head.append("Content-Length: 0\r\n");
            if (ask.caller != null) {
                byte[] credentials = (ask.caller.name() + ":secret").getBytes(StandardCharsets.US_ASCII);
                head.append("Authorization: Basic ")
                        .append(Base64.getEncoder().encodeToString(credentials))
                        .append("\r\n");
            }
            return head.append("\r\n").toString();
        }

        @Override
        public void close() {
            if (connection != null) connection.close();
            connection = null;
        }
    }
}
