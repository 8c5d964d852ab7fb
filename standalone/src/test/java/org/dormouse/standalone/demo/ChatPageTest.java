package org.dormouse.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.dormouse.Dormouse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The chat of the demonstration in a real browser. */
@Timeout(180)
class ChatPageTest {
    private static Browser browser;
    private Dormouse server;

    @BeforeAll
    static void open() throws Exception {
        Path program = Browser.find();
        assumeTrue(
                program != null,
                "no Chromium is installed (Debian: apt install chromium): the chat page is not tested");
        browser = new Browser(program);
    }

    @AfterAll
    static void close() throws Exception {
        if (browser != null) browser.quit();
    }

    @BeforeEach
    void start() {
        server = at(0);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static Dormouse at(int port) {
        return Dormouse.builder()
                .host("127.0.0.1")
                .port(port)
                .deploy(Demo.at("/demo"))
                .start();
    }

    private Browser.Page visit(String room, String name) throws Exception {
        Browser.Page page = browser.open("http://127.0.0.1:" + server.port() + "/demo/chat.html#" + room);
        page.awaitText("#status", "Connected");
        page.evaluate("document.querySelector('#name').value = '" + name + "',"
                + " document.querySelector('#rename').requestSubmit()");
        page.awaitText("#status", "Connected as " + name);
        page.awaitText("#people li.me", name);
        return page;
    }

    private static void say(Browser.Page page, String text) throws Exception {
        page.evaluate("document.querySelector('#text').value = '" + text + "',"
                + " document.querySelector('#say').requestSubmit()");
    }

    private static void expectNoViolation(Browser.Page page) throws Exception {
        assertThat(page.evaluate("violations.join()")).isEmpty();
    }

    @Test
    void thoseInOneRoomSeeWhatTheyAndWhoTheyAreAndAnotherRoomIsApart() throws Exception {
        var hazel = visit("garden", "Hazel");
        var edible = visit("garden", "Edible");
        var forest = visit("forest", "Woolly");
        hazel.awaitText("#people", "Edible");
        edible.awaitText("#people", "Hazel");
        hazel.awaitText("#count", "2");

        say(hazel, "the <b>acorns</b> are ripe");
        edible.awaitText("#messages .theirs", "the <b>acorns</b> are ripe");
        hazel.awaitText("#messages .mine", "the <b>acorns</b> are ripe");
        say(edible, "all of them");
        hazel.awaitText("#messages .theirs", "all of them");
        say(forest, "quiet here");
        forest.awaitText("#messages .mine", "quiet here");
        assertThat(forest.evaluate("document.querySelector('#messages').textContent"))
                .doesNotContain("acorns");
        assertThat(forest.evaluate("document.querySelector('#count').textContent"))
                .isEqualTo("1");

        edible.evaluate("location.hash = 'forest'");
        forest.awaitText("#people", "Edible");
        hazel.awaitText("#count", "1");
        hazel.awaitText("#messages", "Edible fell asleep");
        for (var page : new Browser.Page[] {hazel, edible, forest}) expectNoViolation(page);
    }

    @Test
    void whenTheServerComesBackThePagesDoToo() throws Exception {
        var hazel = visit("nest", "Hazel");
        var edible = visit("nest", "Edible");
        int port = server.port();
        server.close();
        hazel.awaitText("#status", "Not connected");
        hazel.await("document.querySelector('#send').disabled");
        server = at(port);
        hazel.awaitText("#status", "Connected as Hazel");
        edible.awaitText("#status", "Connected as Edible");
        hazel.awaitText("#people", "Edible");
        edible.awaitText("#people", "Hazel");
        say(edible, "back again");
        hazel.awaitText("#messages .theirs", "back again");
        expectNoViolation(hazel);
    }

    @Test
    void everyControlHasANameForThoseWhoDoNotSeeIt() throws Exception {
        var page = visit("nest", "Hazel");
        assertThat(page.evaluate("[...document.querySelectorAll('input, button, nav, [role=log], ul')]"
                        + ".filter(e => !(e.getAttribute('aria-label') || e.getAttribute('aria-labelledby')"
                        + " || e.textContent.trim())).map(e => e.outerHTML).join()"))
                .isEmpty();
        assertThat(page.evaluate("document.querySelector('nav [aria-current]').textContent"))
                .isEqualTo("Nest");
    }
}
