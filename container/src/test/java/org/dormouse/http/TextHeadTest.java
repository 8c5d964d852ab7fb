package org.dormouse.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TextHeadTest {
    @Test
    void targetIsSplitAtTheFirstQuestionMark() {
        var head = head("GET", "/a%20b?c=d?e");
        assertThat(head.rawPath()).isEqualTo("/a%20b");
        assertThat(head.query()).isEqualTo("c=d?e");
        assertThat(head("GET", "/a").query()).isNull();
        assertThat(head("GET", "/a?").query()).isEmpty();
    }

    @Test
    void asteriskIsForOptionsOnly() {
        assertThat(head("OPTIONS", "*").rawPath()).isEqualTo("*");
        assertThatThrownBy(() -> head("GET", "*")).hasMessageContaining("\"*\"");
    }

    @Test
    void whatNoStrictParserLetsThroughIsRefusedWithItsPlace() {
        assertThatThrownBy(() -> head("G T", "/")).hasMessage("character 32 in the method at 1");
        assertThatThrownBy(() -> head("", "/")).hasMessage("method is empty");
        assertThatThrownBy(() -> head("GET", "http://h/")).hasMessageContaining("does not start with a slash");
        assertThatThrownBy(() -> head("GET", "/a b")).hasMessage("character 32 in the path at 2");
        assertThatThrownBy(() -> head("GET", "/?\r")).hasMessage("character 13 in the query at 0");
        assertThatThrownBy(() -> new TextHead("GET", "/", null, Version.HTTP_1_1, null, new Headers(), -2))
                .hasMessageContaining("-2");
    }

    private static TextHead head(String method, String target) {
        return TextHead.of(method, target, Version.HTTP_1_1, "localhost", new Headers(), 0);
    }
}
