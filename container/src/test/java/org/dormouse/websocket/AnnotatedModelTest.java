package org.dormouse.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.dormouse.websocket.ClientFrames.frames;

import jakarta.websocket.CloseReason;
import jakarta.websocket.DecodeException;
import jakarta.websocket.Decoder;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Encoder;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.PathParam;
import jakarta.websocket.server.ServerEndpoint;
import java.io.InputStream;
import java.io.Reader;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which methods an annotated endpoint may have, and how they are called. */
class AnnotatedModelTest {
    private static final List<String> LOG = new CopyOnWriteArrayList<>();

    @BeforeEach
    void clearLog() {
        LOG.clear();
    }

    record Point(int x, int y) {}

    public static class PointDecoder implements Decoder.Text<Point> {
        @Override
        public void init(EndpointConfig config) {
            LOG.add("decoder for " + config.getUserProperties());
        }

        @Override
        public boolean willDecode(String text) {
            return text.contains(",");
        }

        @Override
        public Point decode(String text) throws DecodeException {
            String[] parts = text.split(",");
            try {
                return new Point(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
            } catch (NumberFormatException e) {
                throw new DecodeException(text, "no point", e);
            }
        }

        @Override
        public void destroy() {
            LOG.add("decoder destroyed");
        }
    }

    public static class PointEncoder implements Encoder.Text<Point> {
        @Override
        public String encode(Point point) {
            return "(" + point.x() + "|" + point.y() + ")";
        }
    }

    @ServerEndpoint(value = "/points", decoders = PointDecoder.class, encoders = PointEncoder.class)
    public static class Points {
        @OnMessage
        public Point mirrored(Point point) {
            return new Point(point.y(), point.x());
        }

        @OnMessage
        public int size(InputStream bytes) throws java.io.IOException {
            return bytes.readAllBytes().length;
        }

        @OnError
        public void error(Throwable error) {
            LOG.add(error.getClass().getSimpleName() + " " + error.getMessage());
        }
    }

    @Test
    void decodersAndEncodersOfTheEndpointAreUsedAndGivenUpAtTheEnd() {
        try (var sessions = new ScriptedSessions(Points.class)) {
            var client = sessions.connect("/points");
            client.send(frames().text("1,2").text("neither").text("a,b").binary(new byte[5]));
            assertThat(client.received()).containsExactly("text:(2|1)", "text:5");
            assertThat(LOG)
                    .containsExactly(
                            "decoder for {}",
                            "DecodeException no decoder wanted the text message",
                            "DecodeException no point");
            client.send(frames().close(1000, ""));
            assertThat(LOG).endsWith("decoder destroyed");
        }
    }

    static class Base {
        @OnOpen
        public void open() {
            LOG.add("open of base");
        }

        @OnMessage
        public void message(Reader text) throws java.io.IOException {
            StringBuilder read = new StringBuilder();
            for (int c = text.read(); c >= 0; c = text.read()) read.append((char) c);
            LOG.add("reader of base " + read);
        }

        @OnClose
        public void close() {
            LOG.add("close of base");
        }
    }

    @ServerEndpoint("/derived")
    public static class Derived extends Base {
        @Override
        @OnClose
        public void close() {
            LOG.add("close of derived");
        }
    }

    @Test
    void methodsOfTheSuperclassCountUnlessTheyAreOverridden() {
        try (var sessions = new ScriptedSessions(Derived.class)) {
            sessions.connect("/derived").send(frames().text("read me").close(1000, ""));
            assertThat(LOG).containsExactly("open of base", "reader of base read me", "close of derived");
        }
    }

    @ServerEndpoint("/limited")
    public static class Limited {
        @OnMessage(maxMessageSize = 4)
        public String message(String text) {
            return text;
        }
    }

    @Test
    void maxMessageSizeOfTheMethodGoesBeforeThatOfTheSession() {
        try (var sessions = new ScriptedSessions(Limited.class)) {
            var client = sessions.connect("/limited").send(frames().text("1234").text("12345"));
            assertThat(client.received())
                    .containsExactly("text:1234", "close:1009 message of more than 4 bytes, limit 4 (maxMessageSize)");
        }
    }

    @ServerEndpoint("/all/{a}")
    public static class AllKinds {
        @OnOpen
        public void open(EndpointConfig config, @PathParam("a") char a, Session session) {
            LOG.add("open " + a + " " + (config.getUserProperties() == session.getUserProperties()));
        }

        @OnMessage
        public boolean text(boolean flag) {
            return !flag;
        }

        @OnMessage
        public ByteBuffer binary(ByteBuffer bytes, Session session) {
            return bytes;
        }

        @OnClose
        public void close(@PathParam("a") String a, CloseReason reason, Session session) {
            LOG.add("close " + a + " " + reason.getCloseCode().getCode());
        }
    }

    @Test
    void parametersMayStandInAnyOrder() {
        try (var sessions = new ScriptedSessions(AllKinds.class)) {
            var client = sessions.connect("/all/z")
                    .send(frames().text("true").binary((byte) 'b').close(1000, ""));
            assertThat(client.received()).containsExactly("text:false", "binary:b", "close:1000");
            assertThat(LOG).containsExactly("open z true", "close z 1000");
        }
    }

    public static class NotPublic {
        @OnMessage
        void message(String text) {}
    }

    public static class TwoTexts {
        @OnMessage
        public void one(String text) {}

        @OnMessage
        public void two(Reader text) {}
    }

    public static class NoMessage {
        @OnMessage
        public void message(Session session) {}
    }

    public static class NoDecoder {
        @OnMessage
        public void message(Point point) {}
    }

    public static class NoEncoder {
        @OnMessage
        public Point message(String text) {
            return null;
        }
    }

    public static class PartsOfPrimitive {
        @OnMessage
        public void message(int number, boolean last) {}
    }

    public static class TwoSessions {
        @OnOpen
        public void open(Session one, Session other) {}
    }

    public static class ErrorWithoutThrowable {
        @OnError
        public void error(Session session) {}
    }

    public static class OpenWithReason {
        @OnOpen
        public void open(CloseReason reason) {}
    }

    public static class TwoOpens {
        @OnOpen
        public void one() {}

        @OnOpen
        public void two() {}
    }

    public static class BadPathParameter {
        @OnOpen
        public void open(@PathParam("a") List<String> a) {}
    }

    public static class TooLarge {
        @OnMessage(maxMessageSize = 1L << 31)
        public void message(String text) {}
    }

    static Stream<Class<?>> badlyFormed() {
        return Stream.of(
                NotPublic.class,
                TwoTexts.class,
                NoMessage.class,
                NoDecoder.class,
                NoEncoder.class,
                PartsOfPrimitive.class,
                TwoSessions.class,
                ErrorWithoutThrowable.class,
                OpenWithReason.class,
                TwoOpens.class,
                BadPathParameter.class,
                TooLarge.class);
    }

    @ParameterizedTest
    @MethodSource("badlyFormed")
    void badlyFormedEndpointIsRefusedWithItsName(Class<?> endpoint) throws Exception {
        Codecs none = Codecs.of(jakarta.websocket.server.ServerEndpointConfig.Builder.create(endpoint, "/")
                .build());
        assertThatThrownBy(() -> AnnotatedModel.of(endpoint, none))
                .isInstanceOf(DeploymentException.class)
                .hasMessageContaining(endpoint.getSimpleName());
    }

    @ServerEndpoint("/points")
    public static class OtherPoints {}

    @Test
    void twoEndpointsCannotHaveTheSamePath() throws Exception {
        try (var sessions = new ScriptedSessions(Points.class)) {
            assertThatThrownBy(() -> sessions.container.addEndpoint(OtherPoints.class))
                    .isInstanceOf(DeploymentException.class)
                    .hasMessageContaining("/points");
        }
    }

    @Test
    void classThatIsAddedAgainIsDeployedOnce() throws Exception {
        try (var sessions = new ScriptedSessions(Points.class)) {
            sessions.container.addEndpoint(Points.class);
            assertThat(sessions.connect("/points").send(frames().text("1,2")).received())
                    .containsExactly("text:(2|1)");
        }
    }

    @ServerEndpoint("/both")
    public static class Both extends Endpoint {
        @Override
        public void onOpen(Session session, EndpointConfig config) {
            LOG.add("onOpen");
        }

        @OnMessage
        public String message(String text) {
            return "annotated " + text;
        }

        @OnClose
        public void closed(CloseReason reason) {
            LOG.add("annotated close");
        }

        @Override
        public void onClose(Session session, CloseReason reason) {
            LOG.add("onClose");
        }

        @Override
        public void onError(Session session, Throwable error) {
            LOG.add("onError");
        }
    }

    @Test
    void annotatedSubclassOfEndpointIsCalledBothWaysAndForEachEventOnce() {
        try (var sessions = new ScriptedSessions(Both.class)) {
            var client = sessions.connect("/both").send(frames().text("a").close(1000, ""));
            assertThat(client.received()).containsExactly("text:annotated a", "close:1000");
            assertThat(LOG).containsExactly("onOpen", "annotated close");
        }
    }

    interface Message {}

    record Told(String by, String what) implements Message {}

    abstract static class ToldDecoder<T> implements Decoder.Text<T>, Decoder.Binary<T> {
        @Override
        public boolean willDecode(String text) {
            return true;
        }

        @Override
        public boolean willDecode(ByteBuffer bytes) {
            bytes.get(); // its own copy
            return bytes.hasArray();
        }

        @Override
        public void init(EndpointConfig config) {
            LOG.add("init");
        }
    }

    public static class BothKindsDecoder extends ToldDecoder<Told> {
        @Override
        public Told decode(String text) {
            return new Told("text", text);
        }

        @Override
        public Told decode(ByteBuffer bytes) {
            return new Told("binary", StandardCharsets.UTF_8.decode(bytes).toString());
        }
    }

    public static class MessageEncoder implements Encoder.TextStream<Message> {
        @Override
        public void encode(Message message, Writer writer) throws java.io.IOException {
            writer.write("first " + message);
        }
    }

    public static class ToldEncoder implements Encoder.Text<Told> {
        @Override
        public String encode(Told told) {
            return "second";
        }
    }

    @ServerEndpoint(
            value = "/told",
            decoders = BothKindsDecoder.class,
            encoders = {MessageEncoder.class, ToldEncoder.class})
    public static class TellsBoth {
        @OnMessage
        public Told message(Message message) {
            return (Told) message;
        }
    }

    @Test
    void methodGetsMessagesOfEachKindThatItsTypeHasDecodersForAndTheFirstEncoderThatFitsAnswers() {
        try (var sessions = new ScriptedSessions(TellsBoth.class)) {
            var client = sessions.connect("/told").send(frames().text("a").binary((byte) 'b'));
            assertThat(client.received())
                    .containsExactly("text:first Told[by=text, what=a]", "text:first Told[by=binary, what=b]");
            assertThat(LOG).containsExactly("init");
        }
    }

    @ServerEndpoint("/hidden")
    static class NotPublicClass {}

    @ServerEndpoint("/abstract")
    public abstract static class AbstractClass {}

    @ServerEndpoint("/arguments")
    public static class NeedsArguments {
        public NeedsArguments(String argument) {}
    }

    @ServerEndpoint("no-slash")
    public static class NoSlash {}

    static Stream<Class<?>> notDeployable() {
        return Stream.of(
                NotPublicClass.class, AbstractClass.class, NeedsArguments.class, NoSlash.class, TwoTexts.class);
    }

    @ParameterizedTest
    @MethodSource("notDeployable")
    void classThatCannotBeServedIsRefusedWhenItIsAdded(Class<?> endpoint) {
        try (var sessions = new ScriptedSessions()) {
            assertThatThrownBy(() -> sessions.container.addEndpoint(endpoint)).isInstanceOf(DeploymentException.class);
        }
    }

    @Test
    void oneBadEndpointTakesAllOutOfServiceWhileTheApplicationIsDeployedAndNoneLater() throws Exception {
        boolean[] deploying = {true};
        EndpointHost host = new EndpointHost() {
            @Override
            public boolean isDeploying() {
                return deploying[0];
            }

            @Override
            public void prepare(Object endpoint) {}

            @Override
            public void release(Object endpoint) {}
        };
        EndpointContainer container = container(host);
        container.addEndpoint(Points.class);
        assertThatThrownBy(() -> container.addEndpoint(NoSlash.class)).isInstanceOf(DeploymentException.class);
        assertThat(container.find("/points")).isNull();
        assertThatThrownBy(() -> container.addEndpoint(Both.class)).hasMessageContaining("NoSlash");
        assertThatThrownBy(() -> container.addEndpoint(Points.class)).hasMessageContaining("NoSlash");

        deploying[0] = false;
        EndpointContainer running = container(host);
        running.addEndpoint(Points.class);
        assertThatThrownBy(() -> running.addEndpoint(NoSlash.class)).isInstanceOf(DeploymentException.class);
        assertThat(running.find("/points")).isNotNull();
        running.addEndpoint(Both.class);
    }

    private static EndpointContainer container(EndpointHost host) {
        return new EndpointContainer(
                WebSocketServices.of(WebSocketLimits.DEFAULT, new SessionLimits(10, 10)),
                AnnotatedModelTest.class.getClassLoader(),
                (request, response, config, parameters) -> {
                    throw new UnsupportedOperationException("no servlets here");
                },
                host,
                () -> {},
                (endpoint, uri) -> {
                    throw new UnsupportedOperationException("no network here");
                });
    }
}
