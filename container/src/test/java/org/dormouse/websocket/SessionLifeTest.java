package org.dormouse.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.dormouse.websocket.ClientFrames.frames;

import jakarta.websocket.CloseReason;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a session depends on besides its connection: places, the login it began under, an instance that has to be released. */
class SessionLifeTest {
    private static final List<String> LOG = new CopyOnWriteArrayList<>();

    @BeforeEach
    void clearLog() {
        LOG.clear();
    }

    @ServerEndpoint("/e")
    public static class Plain {
        @OnMessage
        public String message(String text) {
            return text;
        }

        @OnClose
        public void close(CloseReason reason) {
            LOG.add("close " + reason.getCloseCode().getCode());
        }
    }

    public static class OwnInstances extends ServerEndpointConfig.Configurator {
        @Override
        public <T> T getEndpointInstance(Class<T> endpointClass) throws InstantiationException {
            return endpointClass.cast(new Elsewhere());
        }
    }

    @ServerEndpoint(value = "/elsewhere", configurator = OwnInstances.class)
    public static class Elsewhere {}

    public static class AsksThePlatform extends ServerEndpointConfig.Configurator {
        @Override
        public <T> T getEndpointInstance(Class<T> endpointClass) throws InstantiationException {
            LOG.add("asked");
            return super.getEndpointInstance(endpointClass);
        }
    }

    @ServerEndpoint(value = "/platform", configurator = AsksThePlatform.class)
    public static class OfPlatform {}

    private static final class Recording implements EndpointHost {
        @Override
        public boolean isDeploying() {
            return false;
        }

        @Override
        public void prepare(Object endpoint) {
            LOG.add("prepare " + endpoint.getClass().getSimpleName());
        }

        @Override
        public void release(Object endpoint) {
            LOG.add("release " + endpoint.getClass().getSimpleName());
        }
    }

    @Test
    void sessionBeyondTheLimitIsRefusedWith503AndAPlaceIsFreeAgainWhenOneEnds() throws Exception {
        SessionLimits limits = new SessionLimits(2, 10);
        try (var sessions = new ScriptedSessions(limits, EndpointHost.NOBODY, Plain.class)) {
            var first = sessions.connect("/e");
            sessions.connect("/e");
            EndpointMatch match = sessions.container.find("/e");
            assertThatThrownBy(() -> match.accept(new OpeningRequestOf("ws://localhost/e"), Runnable::run))
                    .hasMessage("2 open WebSocket sessions, limit 2 (websocket.max-sessions)")
                    .asInstanceOf(type(HandshakeRefused.class))
                    .extracting(HandshakeRefused::status)
                    .isEqualTo(503);
            first.send(frames().close(1000, ""));
            assertThat(limits.open()).isEqualTo(1);
            assertThat(sessions.connect("/e").send(frames().text("in")).received())
                    .containsExactly("text:in");
        }
    }

    @Test
    void sessionsAreCountedForEachAddressAndANetworkOfIpv6IsOneClient() throws Exception {
        SessionLimits limits = new SessionLimits(10, 1);
        try (var sessions = new ScriptedSessions(limits, EndpointHost.NOBODY, Plain.class)) {
            sessions.connect("/e", from("192.0.2.1"));
            var other = sessions.connect("/e", from("2001:db8::1"));
            sessions.connect("/e", from("2001:db8:0:1::1"));
            sessions.connect("/e", from(null));
            sessions.connect("/e", from(null));
            EndpointMatch match = sessions.container.find("/e");
            for (String again : List.of("192.0.2.1", "2001:db8::2")) {
                assertThatThrownBy(() -> match.accept(from(again), Runnable::run))
                        .hasMessageContaining(again)
                        .hasMessageContaining("1 (websocket.max-sessions-per-address)");
            }
            other.send(frames().close(1000, ""));
            sessions.connect("/e", from("2001:db8::2"));
            assertThat(limits.open()).isEqualTo(5);
        }
    }

    @Test
    void ofSeveralHandshakesForTheLastPlaceOneGetsASessionAndTheOthersAreTold1013() throws Exception {
        try (var sessions = new ScriptedSessions(new SessionLimits(1, 10), EndpointHost.NOBODY, Plain.class)) {
            EndpointMatch match = sessions.container.find("/e");
            var one = match.accept(new OpeningRequestOf("ws://localhost/e"), sessions.executor);
            var late = match.accept(new OpeningRequestOf("ws://localhost/e"), sessions.executor);
            var first = sessions.connected(one);
            var second = sessions.connected(late);
            assertThat(first.send(frames().text("in")).received()).containsExactly("text:in");
            assertThat(second.received()).containsExactly("close:1013 too many sessions");
        }
    }

    @Test
    void endOfTheLoginClosesItsSessionWith1008AndTheEndOfTheSessionIsNotWaitedForAnyMore() throws Exception {
        List<Runnable> followers = new ArrayList<>();
        try (var sessions = new ScriptedSessions(Plain.class)) {
            var request = new OpeningRequestOf("ws://localhost/e");
            request.login = whenOver -> {
                followers.add(whenOver);
                return () -> followers.remove(whenOver);
            };
            var ended = sessions.connect("/e", request);
            var closed = sessions.connect("/e", request);
            closed.send(frames().close(1000, ""));
            assertThat(followers).hasSize(1);
            followers.getFirst().run();
            sessions.driver.settle();
            assertThat(ended.received())
                    .containsExactly("close:1008 the login under which this session was opened has ended");
            ended.send(frames().close(1008, ""));
            assertThat(followers).isEmpty();
        }
    }

    @Test
    void sessionWhoseLoginHasEndedBeforeItBeginsIsClosedAtOnce() {
        try (var sessions = new ScriptedSessions(Plain.class)) {
            var request = new OpeningRequestOf("ws://localhost/e");
            request.login = whenOver -> {
                whenOver.run();
                return () -> {};
            };
            assertThat(sessions.connect("/e", request).received())
                    .singleElement()
                    .asString()
                    .startsWith("close:1008");
        }
    }

    @Test
    void instancesOfThePlatformArePreparedAndReleasedAndThoseOfAConfiguratorAreNot() {
        SessionLimits limits = new SessionLimits(10, 10);
        try (var sessions =
                new ScriptedSessions(limits, new Recording(), Plain.class, Elsewhere.class, OfPlatform.class)) {
            sessions.connect("/e").send(frames().close(1000, ""));
            assertThat(LOG).containsExactly("prepare Plain", "close 1000", "release Plain");
            LOG.clear();
            sessions.connect("/elsewhere").send(frames().close(1000, ""));
            assertThat(LOG).isEmpty();
            sessions.connect("/platform").send(frames().close(1000, ""));
            assertThat(LOG).containsExactly("asked", "prepare OfPlatform", "release OfPlatform");
        }
    }

    @ServerEndpoint("/closing")
    public static class Closing {
        static volatile Session session;

        @OnOpen
        public void open(Session opened) {
            session = opened;
        }

        @OnMessage
        public void message(String text) throws Exception {
            session.close();
            LOG.add("after close " + session.isOpen());
        }

        @OnClose
        public void close() {
            LOG.add("in onClose " + session.isOpen() + ", elsewhere " + elsewhere());
        }
    }

    /** Does not give the loop away meanwhile, which the test moves by hand. */
    private static boolean elsewhere() {
        var seen = new AtomicReference<Boolean>();
        Thread.ofPlatform().start(() -> seen.set(Closing.session.isOpen()));
        while (seen.get() == null) Thread.onSpinWait();
        return seen.get();
    }

    @Test
    void sessionIsOpenToOthersUntilItsEndpointHasHeardOfTheEndAndToItsEndpointUntilItIsClosed() {
        try (var sessions = new ScriptedSessions(Closing.class)) {
            var client = sessions.connect("/closing");
            assertThat(Closing.session.isOpen()).isTrue();
            client.send(frames().text("close"));
            client.send(frames().close(1000, ""));
            assertThat(LOG).containsExactly("after close false", "in onClose false, elsewhere true");
            assertThat(Closing.session.isOpen()).isFalse();
            assertThat(Closing.session.getId()).isSameAs(Closing.session.getId());
        }
    }

    private static OpeningRequestOf from(String address) {
        var request = new OpeningRequestOf("ws://localhost/e");
        request.clientAddress = address;
        return request;
    }
}
