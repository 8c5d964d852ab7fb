package org.dormouse.deploy;

import static org.dormouse.Oracle.pick;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import org.dormouse.Oracle;
import org.dormouse.deploy.Descriptor.Ordering;
import org.dormouse.deploy.FragmentOrderModel.Rule;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FragmentOrderOracleTest {
    private static final String[] NAMES = {"A", "B", "C", "D", "E"};

    /** What a web-fragment.xml says; {@code name} is null where it has none. */
    private record Said(@Nullable String name, List<String> before, List<String> after) {
        @Override
        public String toString() {
            return name + (before.isEmpty() ? "" : " before " + before) + (after.isEmpty() ? "" : " after " + after);
        }
    }

    /** @param absolute null for the relative ordering; an empty name stands for others */
    private record Case(List<Said> fragments, @Nullable List<String> absolute) {}

    @Test
    void fragmentsAreOrderedAsTheSpecificationSaysOrRefused() {
        var oracle = new Oracle<>("FragmentOrder", Rule.class);
        oracle.compare(
                FragmentOrderOracleTest::draw, drawn -> disagreement(drawn, oracle), FragmentOrderOracleTest::smaller);
        oracle.everyRuleWasMet();
    }

    private static Case draw(RandomGenerator random) {
        int number = 1 + random.nextInt(NAMES.length);
        List<String> names = new ArrayList<>(List.of(NAMES).subList(0, number));
        for (int i = number; i > 1; i--) Collections.swap(names, i - 1, random.nextInt(i));
        List<Said> fragments = new ArrayList<>();
        int chattiness = random.nextInt(30);
        for (String name : names) {
            String said = random.nextInt(15) == 0 ? null : random.nextInt(60) == 0 ? pick(random, NAMES) : name;
            fragments.add(new Said(said, mentions(random, chattiness), mentions(random, chattiness)));
        }
        return new Case(fragments, random.nextInt(4) == 0 ? absolute(random) : null);
    }

    private static List<String> mentions(RandomGenerator random, int percent) {
        List<String> names = new ArrayList<>();
        for (String name : NAMES) if (random.nextInt(200) < percent) names.add(name);
        if (random.nextInt(100) < percent) names.add(random.nextInt(names.size() + 1), Ordering.OTHERS);
        return names;
    }

    private static List<String> absolute(RandomGenerator random) {
        List<String> names = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) names.add(pick(random, NAMES));
        if (random.nextBoolean()) names.add(random.nextInt(names.size() + 1), Ordering.OTHERS);
        return names;
    }

    private static @Nullable String disagreement(Case drawn, Oracle<Rule> oracle) {
        List<Fragment> fragments = new ArrayList<>();
        for (Said said : drawn.fragments) {
            var descriptor = new Descriptor(said.toString());
            descriptor.fragmentName = said.name;
            descriptor.ordering.before.addAll(said.before);
            descriptor.ordering.after.addAll(said.after);
            fragments.add(new Fragment(Path.of(said.name + ".jar"), descriptor));
        }
        var model = new FragmentOrderModel(fragments);
        try {
            if (drawn.absolute != null) {
                oracle.meets(model.metAbsolute(drawn.absolute));
                List<Fragment> order = FragmentOrder.absolute(fragments, drawn.absolute);
                return model.allowsAbsolute(drawn.absolute, order) ? null : "ordered as " + words(order);
            }
            oracle.meets(model.met());
            List<Fragment> order = FragmentOrder.relative(fragments);
            if (model.allows(order)) return null;
            return "ordered as " + words(order) + (model.isRefused() ? "; the model refuses" : "");
        } catch (DeploymentException e) {
            return drawn.absolute == null && model.isRefused() ? null : "refused: " + e.getMessage();
        }
    }

    private static List<String> words(List<Fragment> order) {
        return order.stream().map(f -> f.descriptor().toString()).toList();
    }

    private static List<Case> smaller(Case drawn) {
        List<Case> all = new ArrayList<>();
        for (List<Said> fewer : Oracle.without(drawn.fragments)) all.add(new Case(fewer, drawn.absolute));
        if (drawn.absolute != null)
            for (List<String> fewer : Oracle.without(drawn.absolute)) all.add(new Case(drawn.fragments, fewer));
        for (int i = 0; i < drawn.fragments.size(); i++) {
            Said said = drawn.fragments.get(i);
            List<Said> simpler = new ArrayList<>();
            for (List<String> less : Oracle.without(said.before)) simpler.add(new Said(said.name, less, said.after));
            for (List<String> less : Oracle.without(said.after)) simpler.add(new Said(said.name, said.before, less));
            for (Said one : simpler) {
                List<Said> changed = new ArrayList<>(drawn.fragments);
                changed.set(i, one);
                all.add(new Case(changed, drawn.absolute));
            }
        }
        return all;
    }
}
