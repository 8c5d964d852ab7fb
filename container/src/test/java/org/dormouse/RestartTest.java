package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import shop.Basket;

/** Two servers, one after the other, with the sessions of the first in files. */
class RestartTest {
    @TempDir
    private Path folder;

    /** Answers with what is in the basket, and puts one thing in. */
    private static final class Shop extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            var session = request.getSession();
            if (session.isNew()) session.setAttribute("basket", new Basket());
            var basket = (Basket) session.getAttribute("basket");
            basket.items().add("item " + (basket.items().size() + 1));
            response.getWriter().print(basket.items());
        }
    }

    private Dormouse start() {
        return Mode.builder()
                .port(0)
                .set("session.store", "file")
                .set("session.store-folder", folder.resolve("sessions").toString())
                .deploy(Mode.app("/shop").servlet("/*", new Shop()))
                .start();
    }

    private static RawHttp ask(Dormouse server, String cookie) throws IOException {
        try (var client = RawHttp.connect(server.port())) {
            return client.send("GET /shop/ HTTP/1.1\nHost: h\n" + cookie + "\n").expectStatus(200);
        }
    }

    @Test
    void sessionsSurviveIt() throws IOException {
        List<String> cookies = new ArrayList<>();
        try (var server = start()) {
            for (int i = 0; i < 20; i++) {
                RawHttp answer = ask(server, "");
                assertThat(answer.text()).isEqualTo("[item 1]");
                String set = answer.field("Set-Cookie");
                cookies.add("Cookie: " + set.substring(0, set.indexOf(';')) + "\n");
            }
        }
        try (var log = new ErrorLog();
                var server = start()) {
            for (String cookie : cookies) assertThat(ask(server, cookie).text()).isEqualTo("[item 1, item 2]");
            assertThat(log.lines("promised not to block"))
                    .as("it is the server that waits")
                    .isEmpty();
            assertThat(ask(server, "Cookie: JSESSIONID=made-up\n").text()).isEqualTo("[item 1]");
            assertThat(ask(server, cookies.getFirst()).text()).isEqualTo("[item 1, item 2, item 3]");
        }
    }

    @Test
    void aStoreThatDoesNotExistIsRefusedAtTheStart() {
        assertThatThrownBy(() -> Mode.builder()
                        .port(0)
                        .set("session.store", "disk")
                        .deploy(Mode.app("/"))
                        .start())
                .hasMessageContaining("session.store is disk, expected is memory or file");
    }
}
