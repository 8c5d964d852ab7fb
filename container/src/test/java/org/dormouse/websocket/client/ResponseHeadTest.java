package org.dormouse.websocket.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseHeadTest {
    @Test
    void statusAndFieldsAreRead() throws Exception {
        ResponseHead head =
                parse("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nX:  a \r\nx:b\r\nEmpty:\r\n\r\n");
        assertThat(head.status()).isEqualTo(101);
        assertThat(head.line()).isEqualTo("101 Switching Protocols");
        assertThat(head.values("X")).containsExactly("a", "b");
        assertThat(head.values("empty")).containsExactly("");
        assertThat(head.lists("upgrade", "websocket")).isTrue();
        assertThat(head.isInterim()).isFalse();
        assertThat(parse("HTTP/1.1 404\r\n\r\n").line()).isEqualTo("404");
        assertThat(parse("HTTP/1.1 103 Early Hints\r\n\r\n").isInterim()).isTrue();
    }

    @Test
    void fieldThatMayStandOnceIsRefusedTwice() throws Exception {
        ResponseHead head = parse("HTTP/1.1 101 x\r\nA: 1\r\na: 2\r\n\r\n");
        assertThatThrownBy(() -> head.single("A")).hasMessageContaining("2 fields A");
        assertThat(head.single("B")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.0 101 x",
                "HTTP/2 101 x",
                "http/1.1 101 x",
                "HTTP/1.1 1O1 x",
                "HTTP/1.1 600 x",
                "HTTP/1.1 101x",
                "HTTP/1.1  101 x",
                "HTTP/1.1 101 x\r\nno colon",
                "HTTP/1.1 101 x\r\n: no name",
                "HTTP/1.1 101 x\r\nName : value",
                "HTTP/1.1 101 x\r\n folded: value",
                "HTTP/1.1 101 x\r\nA: bare\nline feed",
                "HTTP/1.1 101 x\r\nA: nul\0",
                "<html>"
            })
    void malformedHeadIsRefused(String text) {
        assertThatThrownBy(() -> parse(text + "\r\n\r\n")).isInstanceOf(ResponseHead.Malformed.class);
    }

    @Test
    void endIsFoundWhereverTheBytesAreCut() throws Exception {
        byte[] all = "HTTP/1.1 101 x\r\nA: b\r\n\r\nrest".getBytes(StandardCharsets.ISO_8859_1);
        int end = all.length - 4;
        for (int length = 0; length <= all.length; length++)
            assertThat(ResponseHead.length(all, 0, length, 1000)).isEqualTo(length < end ? -1 : end);
    }

    @Test
    void headThatIsTooLongIsRefusedAsSoonAsThatIsKnown() throws Exception {
        byte[] all = new byte[300];
        assertThat(ResponseHead.length(all, 0, 255, 256)).isEqualTo(-1);
        assertThatThrownBy(() -> ResponseHead.length(all, 0, 256, 256))
                .hasMessage("head of more than 256 bytes, limit 256 (org.dormouse.websocket.client.max-head-bytes)");
    }

    @Test
    void whatAServerChoseIsCutAndEscapedInMessages() throws Exception {
        assertThat(parse("HTTP/1.1 500 \u00e4" + "x".repeat(300) + "\r\n\r\n").line())
                .startsWith("500 \\u00e4xx")
                .endsWith("...")
                .hasSizeLessThan(230);
    }

    @Test
    void challengesAreToldApart() {
        List<Challenge> found = Challenge.parse(List.of(
                "Negotiate, Digest realm=\"a, \\\"b\\\"\", qop=\"auth,auth-int\" , nonce=xyz, Basic realm=\"c\"",
                "Other token68==, Lost"));
        assertThat(found).extracting(Challenge::scheme).startsWith("negotiate", "digest", "basic", "other");
        assertThat(found.get(1).parameters())
                .containsEntry("realm", "a, \"b\"")
                .containsEntry("QOP", "auth,auth-int")
                .containsEntry("nonce", "xyz");
        assertThat(found.get(2).parameters()).containsOnlyKeys("realm");
    }

    private static ResponseHead parse(String text) throws ResponseHead.Malformed {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return ResponseHead.parse(bytes, 0, bytes.length);
    }
}
