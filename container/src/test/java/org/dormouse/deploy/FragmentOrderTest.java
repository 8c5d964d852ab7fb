package org.dormouse.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dormouse.deploy.Descriptor.Ordering;
import org.junit.jupiter.api.Test;

class FragmentOrderTest {
    private final List<Fragment> fragments = new ArrayList<>();

    @Test
    void whatSaysNothingStaysAsItCame() throws DeploymentException {
        add("c", "", "");
        add("a", "", "");
        assertThat(relative()).containsExactly("c", "a");
    }

    @Test
    void namesAreKeptBeforeAndAfterEachOther() throws DeploymentException {
        add("a", "", "b");
        add("b", "", "");
        add("c", "a", "");
        assertThat(relative()).containsExactly("b", "c", "a");
    }

    @Test
    void namesThatNobodyHasAreSkipped() throws DeploymentException {
        add("a", "zzz", "yyy");
        add("b", "", "");
        assertThat(relative()).containsExactly("a", "b");
    }

    /** The first example of Servlet 6.1 §8.2.2. */
    @Test
    void othersStandBetweenFirstAndLast() throws DeploymentException {
        add("A", "", "C,others");
        add("B", "others", "");
        add("C", "", "others");
        add("D", "", "");
        add("E", "", "");
        add("F", "B,others", "");
        List<String> order = relative();
        assertThat(order.subList(0, 2)).containsExactly("F", "B");
        assertThat(order.subList(2, 4)).containsExactlyInAnyOrder("D", "E");
        assertThat(order.subList(4, 6)).containsExactly("C", "A");
    }

    @Test
    void contradictionsAreRefusedByName() {
        add("a", "b", "");
        add("b", "a", "");
        add("c", "", "");
        assertThatThrownBy(this::relative)
                .isInstanceOf(DeploymentException.class)
                .hasMessageContainingAll("a.jar", "b.jar");
    }

    @Test
    void oneNameTwiceIsRefused() {
        add("a", "others", "");
        fragments.add(fragment("other.jar", "a", "", ""));
        assertThatThrownBy(this::relative)
                .isInstanceOf(DeploymentException.class)
                .hasMessageContainingAll("a.jar", "other.jar");
    }

    @Test
    void oneNameTwiceIsRefusedEvenIfNobodyAsksForAnOrder() {
        add("a", "", "");
        fragments.add(fragment("other.jar", "a", "", ""));
        assertThatThrownBy(this::relative).hasMessageContainingAll("a.jar", "other.jar");
    }

    @Test
    void anAbsoluteOrderBringsAllThatHaveOneName() throws DeploymentException {
        add("a", "", "");
        add("b", "", "");
        fragments.add(fragment("other.jar", "a", "", ""));
        assertThat(FragmentOrder.absolute(fragments, List.of("a"))).containsExactly(fragments.get(0), fragments.get(2));
        assertThat(FragmentOrder.absolute(fragments, List.of(Ordering.OTHERS, "a")))
                .containsExactly(fragments.get(1), fragments.get(0), fragments.get(2));
    }

    @Test
    void anAbsoluteOrderCountsAlone() throws DeploymentException {
        add("a", "", "b");
        add("b", "", "");
        add("c", "", "");
        assertThat(names(FragmentOrder.absolute(fragments, List.of("c", "zzz", "a"))))
                .containsExactly("c", "a");
        assertThat(names(FragmentOrder.absolute(fragments, List.of("c", Ordering.OTHERS))))
                .containsExactly("c", "a", "b");
        assertThat(names(FragmentOrder.absolute(fragments, List.of(Ordering.OTHERS, "a"))))
                .containsExactly("b", "c", "a");
        assertThat(names(FragmentOrder.absolute(fragments, List.of()))).isEmpty();
    }

    private void add(String name, String before, String after) {
        fragments.add(fragment(name + ".jar", name, before, after));
    }

    private static Fragment fragment(String jar, String name, String before, String after) {
        var descriptor = new Descriptor(jar);
        descriptor.fragmentName = name;
        addNames(before, descriptor.ordering.before);
        addNames(after, descriptor.ordering.after);
        return new Fragment(Path.of(jar), descriptor);
    }

    private static void addNames(String names, List<String> to) {
        if (names.isEmpty()) return;
        for (String name : names.split(",")) to.add(name.equals("others") ? Ordering.OTHERS : name);
    }

    private List<String> relative() throws DeploymentException {
        return names(FragmentOrder.relative(fragments));
    }

    private static List<String> names(List<Fragment> ordered) {
        return ordered.stream().map(f -> f.descriptor().fragmentName).toList();
    }
}
