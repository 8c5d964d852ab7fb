package org.dormouse.servlet.mapping;

import static org.dormouse.Oracle.pick;

import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.dormouse.Oracle;
import org.dormouse.http.BadRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PathOracleTest {
    private record Raw(String path, boolean fromApplication) {}

    private static final String[] NAMES = {"a", "b", "html", "a.b", ".a", "...", "..a", "jsessionid", "~", "[", "'", "+"
    };
    private static final String[] SEPARATORS = {"/", "/", "/", "/", "/", "/", "//", "///", "/./", "/../", "/;/", "/."};
    private static final String[] ENDS = {"", "", "", "", "/", "/.", "/..", "/;", "/;x=1", "/.;", "/../"};
    private static final String[] ADDITIONS = {
        ";",
        ";x=1",
        ";jsessionid=1;y",
        ";jsessionid",
        ";;",
        ";%2f",
        ";%2F;x",
        ";x=%2f",
        ";%C3",
        ";%20",
        "%2e",
        "%2E%2e",
        "%2e%2e/",
        "/%2e/",
        "/.%2e/",
        "%2f",
        "%2F",
        "%5c",
        "\\",
        "%3b",
        "/..%3b",
        "/.%3Bx",
        "%20",
        "%25",
        "%252e",
        "%C3%A4",
        "%E2%82%AC",
        "%F0%9F%98%80",
        "%C3",
        "%A4",
        "%C0%AF",
        "%ED%A0%80",
        "%C2%80",
        "%F5%80%80%80",
        "%00",
        "%7f",
        "%0",
        "%",
        "%-1",
        "%xy",
        "%\uff11\uff11",
        "#",
        "#f",
        "\u0001",
        "\u007f",
        "\u0085",
        " ",
        "\u00e4",
        "\u20ac",
        "\ud83d\ude00",
        "/..;/",
        "/.;x/",
        "/;x/",
        "/../../",
        "/..",
        "/a/../",
        "/a//../",
        "..",
        ".",
        "*",
        ":",
        "@",
        "&",
        "=",
        "|",
        "\"",
        "%u002f",
        "%c3%"
    };

    @Test
    void aPathBecomesWhatTheSpecificationSaysStepByStep() {
        var oracle = new Oracle<>("CanonicalPath", PathModel.Rule.class);
        oracle.compare(PathOracleTest::draw, raw -> disagreement(raw, oracle), PathOracleTest::smaller);
        oracle.everyRuleWasMet();
    }

    private static Raw draw(RandomGenerator random) {
        var path = new StringBuilder(random.nextInt(50) == 0 ? "" : "/");
        for (int i = random.nextInt(4); i >= 0; i--) {
            path.append(pick(random, NAMES));
            if (i > 0) path.append(pick(random, SEPARATORS));
        }
        path.append(pick(random, ENDS));
        for (int i = Math.max(0, random.nextInt(5) - 1); i > 0; i--)
            path.insert(random.nextInt(path.length() + 1), pick(random, ADDITIONS));
        return new Raw(path.toString(), random.nextInt(5) == 0);
    }

    private static @Nullable String disagreement(Raw raw, Oracle<PathModel.Rule> oracle) {
        PathModel model = PathModel.of(raw.path, raw.fromApplication);
        oracle.meets(model.met());
        String wanted = model.path();
        String fast;
        try {
            fast = raw.fromApplication ? CanonicalPath.ofApplication(raw.path) : CanonicalPath.of(raw.path);
        } catch (BadRequest e) {
            return wanted == null ? null : "refused: " + e.getMessage() + "; the model: " + wanted;
        }
        if (!fast.equals(wanted)) return fast + "; the model: " + (wanted == null ? model.refusals() : wanted);
        if (!Objects.equals(
                CanonicalPath.parameter(raw.path, "jsessionid"), PathModel.parameter(raw.path, "jsessionid")))
            return "parameter " + CanonicalPath.parameter(raw.path, "jsessionid");
        return again(fast);
    }

    /** What was decoded once has one encoded form that means the same. */
    private static @Nullable String again(String canonical) {
        String encoded = CanonicalPath.encode(canonical);
        String again = PathModel.of(encoded, false).path();
        return canonical.equals(again)
                ? null
                : canonical + " is encoded as " + encoded + ", which the model takes for " + again;
    }

    private static List<Raw> smaller(Raw raw) {
        return IntStream.range(0, raw.path.length())
                .mapToObj(
                        i -> new Raw(new StringBuilder(raw.path).deleteCharAt(i).toString(), raw.fromApplication))
                .toList();
    }
}
