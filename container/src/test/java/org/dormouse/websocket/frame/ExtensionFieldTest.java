package org.dormouse.websocket.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.websocket.Extension;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExtensionFieldTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "foo | [foo]",
                "foo, bar; baz=2 | [foo, bar; baz=2]",
                "foo;a;b=c ; d = e,x | [foo; a; b=c; d=e, x]",
                "' foo ; a = \"b\" ' | [foo; a=b]",
                "foo; a=\"\\b\" | [foo; a=b]",
                ",foo,, , bar, | [foo, bar]",
                "Foo; Foo=1; Foo=2 | [Foo; Foo=1; Foo=2]"
            })
    void listsAreReadInTheirOrder(String field, String read) {
        assertThat(ExtensionField.parse(List.of(field))).hasToString(read);
    }

    @Test
    void severalFieldsAreOneList() {
        List<Extension> read = ExtensionField.parse(List.of("a; x=1", "b"));
        assertThat(read).hasToString("[a; x=1, b]");
        assertThat(read.getFirst().getParameters().getFirst().getValue()).isEqualTo("1");
        assertThat(ExtensionField.parse(List.of())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ",",
                ", ,",
                "foo bar",
                "foo;",
                "foo; ;a",
                "foo;a=",
                "foo;=b",
                "=a",
                ";a",
                "foo; a=\"",
                "foo; a=\"b",
                "foo; a=\"b\\",
                "foo; a=\"b c\"",
                "foo; a=\"\"",
                "foo; a=\"b\"c",
                "foo; a=b c",
                "foo; a=b=c",
                "foo; a==b",
                "foo\u0000",
                "f\u00f6",
                "foo@",
                "foo; a=(b)",
                "\"foo\"",
                "foo; \"a\"=b"
            })
    void whatIsMalformedIsRefused(String field) {
        assertThatThrownBy(() -> ExtensionField.parse(List.of("ok", field)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Sec-WebSocket-Extensions");
    }

    @Test
    void moreElementsThanAnybodyNeedsAreRefused() {
        assertThat(ExtensionField.parse(List.of("a" + ",".repeat(30), "b"))).hasSize(2);
        assertThatThrownBy(() -> ExtensionField.parse(List.of("a" + ",".repeat(31), "b")))
                .hasMessageContaining("limit 32");
    }
}
