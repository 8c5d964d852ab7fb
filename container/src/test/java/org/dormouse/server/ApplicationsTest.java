package org.dormouse.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.dormouse.http.BadRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ApplicationsTest {
    @Test
    void theLongestContextPathWins() throws BadRequest {
        var applications = at("", "/shop", "/shop/admin");
        assertThat(find(applications, "/shop/admin/users")).isEqualTo("/shop/admin");
        assertThat(find(applications, "/shop/admin")).isEqualTo("/shop/admin");
        assertThat(find(applications, "/shop/adm")).isEqualTo("/shop");
        assertThat(find(applications, "/shop")).isEqualTo("/shop");
        assertThat(find(applications, "/")).isEqualTo("");
    }

    @Test
    void aContextPathEndsAtASlash() throws BadRequest {
        assertThat(find(at("", "/shop"), "/shopping")).isEqualTo("");
        assertThat(find(at("/shop"), "/shopping")).isNull();
    }

    @Test
    void withoutARootOtherPathsHaveNone() throws BadRequest {
        assertThat(find(at("/shop"), "/")).isNull();
        assertThat(find(at(), "/")).isNull();
    }

    @Test
    void theCanonicalPathCounts() throws BadRequest {
        var applications = at("", "/shop", "/caf\u00e9");
        assertThat(find(applications, "/%73hop/x")).isEqualTo("/shop");
        assertThat(find(applications, "/shop;v=1/x")).isEqualTo("/shop");
        assertThat(find(applications, "//shop/x")).isEqualTo("/shop");
        assertThat(find(applications, "/a/../shop/x")).isEqualTo("/shop");
        assertThat(find(applications, "/shop/../x")).isEqualTo("");
        assertThat(find(applications, "/caf%C3%A9/x")).isEqualTo("/caf\u00e9");
    }

    @Test
    void aPathThatCanBeReadInTwoWaysIsRefused() {
        assertThatThrownBy(() -> find(at("/shop"), "/shop/%2e%2e/x")).isInstanceOf(BadRequest.class);
        assertThatThrownBy(() -> find(at("/shop"), "/shop%2Fx")).isInstanceOf(BadRequest.class);
    }

    @Test
    void twoApplicationsCannotShareAContextPath() {
        assertThatThrownBy(() -> at("/shop", "/shop"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("/shop");
    }

    private static Applications at(String... contextPaths) {
        return new Applications(Arrays.stream(contextPaths)
                .map(path -> new Application(path, new VirtualRequests(), (exchange, later) -> {}))
                .toList());
    }

    private static @Nullable String find(Applications applications, String rawPath) throws BadRequest {
        Application found = applications.find(rawPath);
        return found == null ? null : found.contextPath();
    }
}
