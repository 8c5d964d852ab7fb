package org.dormouse.servlet.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.http.MappingMatch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServletMappingsTest {
    private static final ServletMappings<String> EXAMPLE =
            mappings("/foo/bar/*", "/baz/*", "/catalog", "*.bop", "", "/", "/foo/*", "/fo/*", "/foo-x/*");

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "null", textBlock = """
            # path               | pattern    | kind         | match value     | servlet path         | path info
            /foo/bar/index.html  | /foo/bar/* | PATH         | index.html      | /foo/bar             | /index.html
            /foo/bar/index.bop   | /foo/bar/* | PATH         | index.bop       | /foo/bar             | /index.bop
            /foo/barn            | /foo/*     | PATH         | barn            | /foo                 | /barn
            /foo/ba              | /foo/*     | PATH         | ba              | /foo                 | /ba
            /foo-/x              | /          | DEFAULT      | ''              | /foo-/x              | null
            /foo-x/y             | /foo-x/*   | PATH         | y               | /foo-x               | /y
            /baz                 | /baz/*     | PATH         | ''              | /baz                 | null
            /baz/                | /baz/*     | PATH         | ''              | /baz                 | /
            /baz/index.html      | /baz/*     | PATH         | index.html      | /baz                 | /index.html
            /bazaar              | /          | DEFAULT      | ''              | /bazaar              | null
            /catalog             | /catalog   | EXACT        | catalog         | /catalog             | null
            /catalog/            | /          | DEFAULT      | ''              | /catalog/            | null
            /catalog/index.html  | /          | DEFAULT      | ''              | /catalog/index.html  | null
            /catalog/racecar.bop | *.bop      | EXTENSION    | catalog/racecar | /catalog/racecar.bop | null
            /index.bop           | *.bop      | EXTENSION    | index           | /index.bop           | null
            /index.BOP           | /          | DEFAULT      | ''              | /index.BOP           | null
            /index.x.bop         | *.bop      | EXTENSION    | index.x         | /index.x.bop         | null
            /index.bop/x         | /          | DEFAULT      | ''              | /index.bop/x         | null
            /index.bop/          | /          | DEFAULT      | ''              | /index.bop/          | null
            /                    | ''         | CONTEXT_ROOT | ''              | ''                   | /
            ''                   | ''         | CONTEXT_ROOT | ''              | ''                   | /
            """)
    void examplesOfTheSpecificationAreMappedAsItSays(
            String path, String pattern, MappingMatch kind, String matchValue, String servletPath, String pathInfo) {
        ServletMatch<String> match = EXAMPLE.find(path);
        assertThat(match).isNotNull();
        assertThat(match.getPattern()).isEqualTo(pattern);
        assertThat(match.target()).isEqualTo("target of " + pattern);
        assertThat(match.getServletName()).isEqualTo("servlet of " + pattern);
        assertThat(match.getMappingMatch()).isEqualTo(kind);
        assertThat(match.getMatchValue()).isEqualTo(matchValue);
        assertThat(match.servletPath()).isEqualTo(servletPath);
        assertThat(match.pathInfo()).isEqualTo(pathInfo);
    }

    @Test
    void everythingBelowTheContextFitsTheStarPattern() {
        ServletMatch<String> match = mappings("/*").find("/a/b");
        assertThat(match.servletPath()).isEmpty();
        assertThat(match.pathInfo()).isEqualTo("/a/b");
        assertThat(match.getMatchValue()).isEqualTo("a/b");
        assertThat(mappings("/*").find("").pathInfo()).isNull();
        assertThat(mappings("/*").find("/").pathInfo()).isEqualTo("/");
    }

    @Test
    void withoutADefaultThereMayBeNoMatch() {
        assertThat(mappings("/a").find("/b")).isNull();
        assertThat(mappings("/a/*", "*.x").find("/")).isNull();
        assertThat(mappings().find("/b")).isNull();
    }

    @Test
    void exactMatchesAllocateNothing() {
        assertThat(EXAMPLE.find("/catalog")).isSameAs(EXAMPLE.find("/catalog"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"foo", "*", "*.", "*.a/b", "*.a*", "foo/*", "a/*.x", "/a\nb", "/a\u0000", " /a"})
    void malformedPatternsAreRefused(String pattern) {
        assertThatThrownBy(() -> UrlPattern.of(pattern)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void patternsThatLookMoreThanTheyAreAreWarnedOf() {
        assertThat(UrlPattern.of("/admin*").warning()).contains("/admin*", "ordinary character");
        assertThat(UrlPattern.of("/*/admin").warning()).isNotNull();
        assertThat(UrlPattern.of("/a*/*").warning()).isNotNull();
        assertThat(UrlPattern.of("*.tar.gz").warning()).contains("follows the last dot");
        for (String encoded : List.of("/a%20b", "/%C3%BC/*", "*.%61"))
            assertThat(UrlPattern.of(encoded).warning()).contains(encoded, "decoded");
        for (String impossible : List.of("/a//b", "/a/../b/*", "/./a", "/a\\b"))
            assertThat(UrlPattern.of(impossible).warning()).as(impossible).isNotNull();
        for (String good :
                List.of("", "/", "/*", "/a/*", "/a", "*.x", "/a/", "/a b/\u00fc", "/100%", "/a;b/*", "/.a/..b"))
            assertThat(UrlPattern.of(good).warning()).isNull();
    }

    @Test
    void onePatternForTwoServletsIsRefused() {
        var builder = ServletMappings.<Integer>builder().add("/a", "one", 1).add("/a", "one", 1);
        assertThatThrownBy(() -> builder.add("/a", "two", 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("/a", "one", "two");
    }

    @Test
    void aLookUpAmongThousandsOfPrefixesComparesFewOfThem() {
        var builder = ServletMappings.<Integer>builder();
        Map<String, Integer> expected = new HashMap<>();
        for (int i = 0; i < 10_000; i++) {
            builder.add("/api/v" + i + "/*", "s" + i, i);
            expected.put("/api/v" + i + "/x/y", i);
        }
        ServletMappings<Integer> mappings = builder.build();
        expected.forEach(
                (path, target) -> assertThat(mappings.find(path).target()).isEqualTo(target));
        assertThat(mappings.find("/api/v10000")).isNull();
    }

    private static ServletMappings<String> mappings(String... patterns) {
        var builder = ServletMappings.<String>builder();
        for (String pattern : patterns) builder.add(pattern, "servlet of " + pattern, "target of " + pattern);
        return builder.build();
    }
}
