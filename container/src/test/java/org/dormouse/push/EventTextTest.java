package org.dormouse.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventTextTest {
    private static String event(@Nullable String name, @Nullable String id, String data) {
        return new String(EventText.event(name, id, data.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }

    /** What a client makes of it, by the rules of HTML §9.2.6. */
    private static String dataRead(String stream) {
        List<String> data = new ArrayList<>();
        for (String line : stream.split("\r\n|\r|\n", -1)) {
            if (!line.startsWith("data:")) continue;
            String value = line.substring(5);
            data.add(value.startsWith(" ") ? value.substring(1) : value);
        }
        return String.join("\n", data);
    }

    @Test
    void nameAndIdStandBeforeTheData() {
        assertThat(event("price", "17", "{\"gold\": 1}")).isEqualTo("event: price\nid: 17\ndata:{\"gold\": 1}\n\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "one",
                "a\nb",
                "a\r\nb",
                "a\rb",
                "\n",
                "a\n",
                "\r\n\r\n",
                " begins with a blank",
                "a\r\n\nb",
                "ü\né"
            })
    void whatAClientReadsIsTheTextWithItsLineEndsAsLf(String text) {
        String stream = event(null, null, text);
        assertThat(dataRead(stream)).isEqualTo(text.replace("\r\n", "\n").replace('\r', '\n'));
        assertThat(stream).endsWith("\n\n").doesNotContain("\r");
        assertThat(stream.substring(0, stream.length() - 2)).doesNotContain("\n\n");
    }

    @Test
    void dataCannotBeginAnotherField() {
        assertThat(event(null, null, "x\n\nevent: forged\rid: 1"))
                .isEqualTo("data:x\ndata:\ndata:event: forged\ndata:id: 1\n\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\rb", "\u0000"})
    void aNameOrAnIdThatWouldEndItsLineIsRefused(String text) {
        assertThatThrownBy(() -> Message.text("x").named(text)).hasMessageContaining("event of an event has U+00");
        assertThatThrownBy(() -> Message.text("x").withId(text)).hasMessageContaining("id of an event has U+00");
    }

    @Test
    void aCommentOfSeveralLinesIsACommentInEach() {
        assertThat(new String(EventText.comment("a\r\nb\nc"), StandardCharsets.UTF_8))
                .isEqualTo(":a\n:b\n:c\n\n");
    }
}
