package org.dormouse.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {
    @Test
    void withoutWordsTheShortComparisonIsKept() {
        Options options = Options.of(List.of());

        assertThat(options.parts()).containsExactlyInAnyOrder("hello", "start", "idle");
        assertThat(options.keeps()).isTrue();
        assertThat(options.needsGenerator()).isTrue();
        assertThat(Options.of(List.of("--quick")).needsGenerator()).isFalse();
    }

    @Test
    void allIsEveryPart() {
        assertThat(Options.of(List.of("--all")).parts()).containsExactlyElementsOf(Options.PARTS);
        assertThat(Options.of(List.of("--all")).fileName()).isEqualTo("all");
    }

    @Test
    void twoCoresNeedNoServerOnOneCore() {
        Options options = Options.of(List.of("--parts", "two-cores"));

        assertThat(options.needsOneCore()).isFalse();
        assertThat(options.needsTwoCores()).isTrue();
    }

    @Test
    void whatIsOnlyTriedIsNotKeptUnlessAskedFor() {
        assertThat(Options.of(List.of("--all", "--smoke")).keeps()).isFalse();
        assertThat(Options.of(List.of("--quick", "--keep")).keeps()).isTrue();
    }

    @Test
    void roundsAreAsManyAsAskedFor() {
        assertThat(Effort.of(Options.of(List.of("--all", "--rounds", "2"))).rounds())
                .isEqualTo(2);
        assertThat(Effort.of(Options.of(List.of("--all")))).isEqualTo(Effort.FULL);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.of(List.of("--rounds", "0")))
                .withMessage("--rounds 0 is not in 1..99");
    }

    @Test
    void unknownPartsAndOptionsAreNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.of(List.of("--parts", "hello,speed")))
                .withMessage("speed is no part");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.of(List.of("--fast")))
                .withMessage("--fast is no option");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.of(List.of("--set")))
                .withMessage("--set needs a value");
    }
}
