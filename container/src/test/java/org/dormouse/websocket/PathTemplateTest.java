package org.dormouse.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.websocket.DeploymentException;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathTemplateTest {
    @Test
    void variablesAreWholeSegments() throws DeploymentException {
        PathTemplate template = PathTemplate.of("/rooms/{room}/users/{user}");
        assertThat(template.match("/rooms/blue/users/eve")).isEqualTo(Map.of("room", "blue", "user", "eve"));
        assertThat(template.match("/rooms/blue/users")).isNull();
        assertThat(template.match("/rooms/blue/users/eve/")).isNull();
        assertThat(template.match("/rooms//users/eve")).isNull();
        assertThat(template.match("/Rooms/blue/users/eve")).isNull();
    }

    @Test
    void valuesComeInTheOrderOfTheTemplate() throws DeploymentException {
        Map<String, String> values = PathTemplate.of("/{z}/{a}/{m}/{b}").match("/1/2/3/4");
        assertThat(values)
                .containsExactly(Map.entry("z", "1"), Map.entry("a", "2"), Map.entry("m", "3"), Map.entry("b", "4"));
        assertThatThrownBy(() -> values.put("c", "5")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void pathWithoutVariablesMatchesItselfOnly() throws DeploymentException {
        assertThat(PathTemplate.of("/echo").match("/echo")).isEmpty();
        assertThat(PathTemplate.of("/echo").match("/echo/")).isNull();
        assertThat(PathTemplate.of("/").match("/")).isEmpty();
    }

    @Test
    void literalGoesBeforeVariableFromTheLeft() throws DeploymentException {
        TreeSet<PathTemplate> templates = new TreeSet<>();
        for (String path : new String[] {"/{a}/b", "/a/{b}", "/{a}/{b}", "/a/b", "/a/c"})
            templates.add(PathTemplate.of(path));
        assertThat(templates.stream().map(PathTemplate::toString))
                .containsExactly("/a/b", "/a/c", "/a/{b}", "/{a}/b", "/{a}/{b}");
    }

    @Test
    void namesOfVariablesMakeNoDifference() throws DeploymentException {
        assertThat(PathTemplate.of("/a/{x}").isEquivalentTo(PathTemplate.of("/a/{y}")))
                .isTrue();
        assertThat(PathTemplate.of("/a/{x}").isEquivalentTo(PathTemplate.of("/b/{x}")))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "echo",
                "",
                "/a/{x}/{x}",
                "/a/{}",
                "/a/b{x}",
                "/a/{x}b",
                "/a/{x",
                "/a/x}",
                "//a",
                "/a//b",
                "/./a",
                "/a/../b",
                "/.."
            })
    void badTemplateIsRefused(String path) {
        assertThatThrownBy(() -> PathTemplate.of(path)).isInstanceOf(DeploymentException.class);
    }
}
