package org.dormouse.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ContextPathsTest {
    private final CommandLine command = new CommandLine(new DormouseCommand());

    @Test
    void aSingleApplicationIsAtTheRoot() {
        assertThat(resolve(List.of(), "shop.war")).containsExactly("/");
    }

    @Test
    void severalAreAtTheNamesOfTheirFiles() {
        assertThat(resolve(List.of(), "lib/shop.war", "news.WAR", "wiki", "ROOT.war"))
                .containsExactly("/shop", "/news", "/wiki", "/");
    }

    @Test
    void givenPathsAreTakenInTheirOrder() {
        assertThat(resolve(List.of("/a", "/b"), "shop.war", "news.war")).containsExactly("/a", "/b");
    }

    @Test
    void fewerPathsThanApplicationsAreRefused() {
        assertThatThrownBy(() -> resolve(List.of("/a"), "shop.war", "news.war"))
                .isInstanceOf(CommandLine.ParameterException.class)
                .hasMessageContaining("1 times --context for 2 applications");
    }

    private List<String> resolve(List<String> given, String... applications) {
        return new ContextPaths(
                        given, List.of(applications).stream().map(Path::of).toList())
                .resolve(command);
    }
}
