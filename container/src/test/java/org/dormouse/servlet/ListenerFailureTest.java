package org.dormouse.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContextAttributeEvent;
import jakarta.servlet.ServletContextAttributeListener;
import jakarta.servlet.ServletRequestAttributeEvent;
import jakarta.servlet.ServletRequestAttributeListener;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionAttributeListener;
import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionBindingListener;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionIdListener;
import jakarta.servlet.http.HttpSessionListener;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.dormouse.ErrorLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What listeners throw (Servlet 6.1 §11.6): whoever caused the event hears of it; where nobody did, the log does. */
class ListenerFailureTest {
    private final List<String> told = new ArrayList<>();
    private HttpSession kept;

    /** Under which listener's event a servlet of the application is at work. */
    enum Cause {
        CREATED(request -> request.getSession().getId()),
        DESTROYED(request -> request.getSession().invalidate()),
        ID(HttpServletRequest::changeSessionId),
        ADDED(request -> request.getSession().setAttribute("a", 1)),
        REMOVED(request -> request.getSession().removeAttribute("there")),
        BOUND(request -> request.getSession().setAttribute("a", new FailingValue())),
        CONTEXT(request -> request.getServletContext().setAttribute("a", 1)),
        REQUEST(request -> request.setAttribute("a", 1));

        final Consumer<HttpServletRequest> act;

        Cause(Consumer<HttpServletRequest> act) {
            this.act = act;
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatAListenerThrowsReachesTheServletThatCausedTheEventAndTheListenersBehindAreNotTold(Cause cause) {
        var before = new Listener("before", null);
        var failing = new Listener("failing", cause);
        var behind = new Listener("behind", null);
        boolean isEnd = cause == Cause.DESTROYED; // told in reverse
        try (var app = TestApp.at("/")
                .listener(isEnd ? behind : before)
                .listener(failing)
                .listener(isEnd ? before : behind)
                .servlet("/caught", (request, response) -> {
                    prepare(request, cause);
                    assertThatThrownBy(() -> cause.act.accept(request)).hasMessageContaining("on purpose");
                    response.getWriter().write("caught");
                })) {
            assertThat(app.get("/caught").body()).isEqualTo("caught");
            String event = cause.name();
            if (cause != Cause.BOUND) assertThat(told).startsWith("before " + event, "failing " + event);
            assertThat(told).doesNotContain("behind " + event);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatTheServletDoesNotCatchIsAnsweredByThePageForItOrBy500(Cause cause) {
        try (var app = TestApp.at("/")
                .listener(new Listener("failing", cause))
                .with(d -> d.errorPages().add(ErrorPage.ofException(OnPurpose.class.getName(), "/page")))
                .servlet("/page", (request, response) -> {
                    assertThat(request.getDispatcherType()).isEqualTo(DispatcherType.ERROR);
                    response.getWriter().write("page");
                })
                .servlet("/", (request, response) -> {
                    prepare(request, cause);
                    cause.act.accept(request);
                })) {
            var answer = app.get("/");
            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.body()).isEqualTo("page");
        }
        try (var app = TestApp.at("/").listener(new Listener("failing", cause)).servlet("/", (request, response) -> {
            prepare(request, cause);
            cause.act.accept(request);
        })) {
            assertThat(app.get("/").status()).isEqualTo(500);
        }
    }

    private void prepare(HttpServletRequest request, Cause cause) {
        if (cause == Cause.CREATED) return;
        kept = request.getSession();
        kept.setAttribute("there", 1);
        told.clear();
    }

    @Test
    void aSessionWhoseListenerFailsAtItsCreationIsNotThereAfterwards() {
        try (var app = TestApp.at("/")
                .listener(new Listener("failing", Cause.CREATED))
                .servlet("/", (request, response) -> {
                    assertThatThrownBy(request::getSession).isInstanceOf(OnPurpose.class);
                    assertThat(request.getSession(false)).isNull();
                })) {
            assertThat(app.get("/").responseField("Set-Cookie")).isNull();
            assertThat(app.context.sessions().size()).isZero();
        }
    }

    @Test
    void aSessionHasEndedAndItsValuesAreUnboundWhateverItsListenersThrow() {
        try (var app = TestApp.at("/")
                .listener(new Listener("failing", Cause.DESTROYED))
                .servlet("/", (request, response) -> {
                    HttpSession session = request.getSession();
                    session.setAttribute("a", new FailingValue(true));
                    session.setAttribute("b", new Value());
                    session.setAttribute("c", new FailingValue(true));
                    assertThatThrownBy(session::invalidate)
                            .isInstanceOf(OnPurpose.class)
                            .satisfies(failure ->
                                    assertThat(failure.getSuppressed()).hasSize(2));
                    assertThatThrownBy(session::getCreationTime).isInstanceOf(IllegalStateException.class);
                })) {
            app.get("/");
            assertThat(told).contains("unbound");
            assertThat(app.context.sessions().size()).isZero();
        }
    }

    @Test
    void aValueWhoseBindingFailsIsNotInTheSession() {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            HttpSession session = request.getSession();
            assertThatThrownBy(() -> session.setAttribute("a", new FailingValue()))
                    .isInstanceOf(OnPurpose.class);
            assertThat(session.getAttribute("a")).isNull();
        })) {
            app.get("/");
        }
    }

    @Test
    void aClientGetsItsNewIdAlthoughAListenerFailsAtTheChange() {
        var ids = new ArrayList<String>();
        try (var app = TestApp.at("/")
                .listener(new Listener("failing", Cause.ID))
                .servlet("/", (request, response) -> {
                    HttpSession session = request.getSession();
                    assertThatThrownBy(request::changeSessionId).isInstanceOf(OnPurpose.class);
                    ids.add(session.getId());
                })) {
            assertThat(app.get("/").responseField("Set-Cookie")).contains(ids.getFirst());
            assertThat(app.context.sessions().isLive(ids.getFirst())).isTrue();
        }
    }

    @Test
    void whatASessionListenerThrowsWhenASessionExpiresIsLoggedAndTheOthersExpireToo() {
        var log = new ErrorLog();
        try (log;
                var app = TestApp.at("/")
                        .listener(new Listener("failing", Cause.DESTROYED))
                        .servlet("/", (request, response) -> request.getSession())) {
            app.get("/");
            app.get("/");
            app.nowMillis += 31 * 60_000;
            app.context.expireSessions();
            assertThat(app.context.sessions().size()).isZero();
        }
        assertThat(log.text()).contains("ERROR", "on purpose", "the end of a session");
    }

    @Test
    void whatARequestListenerThrowsAtTheBeginningIsAnsweredAndAtTheEndIsLogged() {
        var log = new ErrorLog();
        try (log;
                var app = TestApp.at("/").listener(new AroundRequests()).servlet("/", (request, response) -> {
                    told.add("servlet");
                    response.getWriter().write("answer");
                })) {
            assertThat(app.get("/?fail=begin").status()).isEqualTo(500);
            assertThat(told).isEmpty();
            assertThat(app.get("/?fail=end").body()).isEqualTo("answer");
        }
        assertThat(log.text()).contains("begin on purpose", "end on purpose");
    }

    private static final class OnPurpose extends RuntimeException {
        private static final long serialVersionUID = 1;

        OnPurpose() {
            super("on purpose");
        }
    }

    private final class Value implements HttpSessionBindingListener {
        @Override
        public void valueUnbound(HttpSessionBindingEvent event) {
            told.add("unbound");
        }
    }

    private record FailingValue(boolean atTheEnd) implements HttpSessionBindingListener {
        FailingValue() {
            this(false);
        }

        @Override
        public void valueBound(HttpSessionBindingEvent event) {
            if (!atTheEnd) throw new OnPurpose();
        }

        @Override
        public void valueUnbound(HttpSessionBindingEvent event) {
            if (atTheEnd) throw new OnPurpose();
        }
    }

    private static final class AroundRequests implements ServletRequestListener {
        @Override
        public void requestInitialized(ServletRequestEvent event) {
            fail(event, "begin");
        }

        @Override
        public void requestDestroyed(ServletRequestEvent event) {
            fail(event, "end");
        }

        private static void fail(ServletRequestEvent event, String at) {
            if (at.equals(event.getServletRequest().getParameter("fail")))
                throw new IllegalStateException(at + " on purpose");
        }
    }

    /** Notes what it is told, and fails at one event. */
    private final class Listener
            implements HttpSessionListener,
                    HttpSessionIdListener,
                    HttpSessionAttributeListener,
                    ServletContextAttributeListener,
                    ServletRequestAttributeListener {
        private final String name;
        private final Cause failsAt;

        Listener(String name, Cause failsAt) {
            this.name = name;
            this.failsAt = failsAt;
        }

        private void hear(Cause cause) {
            told.add(name + " " + cause);
            if (cause == failsAt) throw new OnPurpose();
        }

        @Override
        public void sessionCreated(HttpSessionEvent event) {
            hear(Cause.CREATED);
        }

        @Override
        public void sessionDestroyed(HttpSessionEvent event) {
            hear(Cause.DESTROYED);
        }

        @Override
        public void sessionIdChanged(HttpSessionEvent event, String oldId) {
            hear(Cause.ID);
        }

        @Override
        public void attributeAdded(HttpSessionBindingEvent event) {
            if (!event.getName().equals("there")) hear(Cause.ADDED);
        }

        @Override
        public void attributeRemoved(HttpSessionBindingEvent event) {
            hear(Cause.REMOVED);
        }

        @Override
        public void attributeAdded(ServletContextAttributeEvent event) {
            hear(Cause.CONTEXT);
        }

        @Override
        public void attributeAdded(ServletRequestAttributeEvent event) {
            hear(Cause.REQUEST);
        }
    }
}
