package org.dormouse.deploy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dormouse.deploy.Descriptor.Ordering;

/** The order of an application's jars (Servlet 6.1 §8.2.2). Pure functions. */
final class FragmentOrder {
    private FragmentOrder() {}

    /**
     * Sorts by {@code <absolute-ordering>}. Names that no fragment has are skipped, those that several have bring them all; fragments not
     * named are left out unless there is {@code <others/>}.
     */
    static List<Fragment> absolute(List<Fragment> fragments, List<String> names) {
        Set<Fragment> sorted = new LinkedHashSet<>();
        for (String name : names) {
            for (Fragment fragment : fragments) {
                String its = fragment.descriptor().fragmentName;
                boolean here = name.equals(Ordering.OTHERS) ? its == null || !names.contains(its) : name.equals(its);
                if (here) sorted.add(fragment);
            }
        }
        return List.copyOf(sorted);
    }

    /** Sorts by the {@code <ordering>} of each fragment; where it leaves a choice, as they came. */
    static List<Fragment> relative(List<Fragment> fragments) throws DeploymentException {
        Map<Fragment, Set<Fragment>> predecessors = explicitPredecessors(fragments);
        addOthers(fragments, predecessors);
        var sorted = new ArrayList<Fragment>();
        var left = new ArrayList<>(fragments);
        while (!left.isEmpty()) {
            Fragment next = firstFree(left, predecessors);
            left.remove(next);
            sorted.add(next);
        }
        return sorted;
    }

    private static Fragment firstFree(List<Fragment> left, Map<Fragment, Set<Fragment>> predecessors)
            throws DeploymentException {
        for (Fragment fragment : left) {
            if (left.stream().noneMatch(of(predecessors, fragment)::contains)) return fragment;
        }
        throw new DeploymentException("the orderings of these web fragments contradict each other: "
                + String.join(", ", left.stream().map(Fragment::toString).toList()));
    }

    private static Map<Fragment, Set<Fragment>> explicitPredecessors(List<Fragment> fragments)
            throws DeploymentException {
        Map<String, Fragment> byName = byName(fragments);
        Map<Fragment, Set<Fragment>> predecessors = new HashMap<>();
        for (Fragment fragment : fragments) {
            for (String name : fragment.descriptor().ordering.after) {
                Fragment other = byName.get(name);
                if (other != null) of(predecessors, fragment).add(other);
            }
            for (String name : fragment.descriptor().ordering.before) {
                Fragment other = byName.get(name);
                if (other != null) of(predecessors, other).add(fragment);
            }
        }
        return predecessors;
    }

    /**
     * Two groups stand apart from the others: those that ask to be before them, with those that names put before these in turn; and the
     * same behind. The second example of the specification shows that whoever is drawn along so is free within the group.
     */
    private static void addOthers(List<Fragment> fragments, Map<Fragment, Set<Fragment>> predecessors) {
        Set<Fragment> first = new HashSet<>();
        Set<Fragment> last = new HashSet<>();
        for (Fragment fragment : fragments) {
            Ordering ordering = fragment.descriptor().ordering;
            if (ordering.before.contains(Ordering.OTHERS)) first.add(fragment);
            if (ordering.after.contains(Ordering.OTHERS)) last.add(fragment);
        }
        for (boolean grows = true; grows; ) {
            grows = false;
            for (Fragment fragment : fragments) {
                Set<Fragment> before = of(predecessors, fragment);
                if (first.contains(fragment)) grows |= first.addAll(before);
                if (before.stream().anyMatch(last::contains)) grows |= last.add(fragment);
            }
        }
        for (Fragment earlier : fragments) {
            for (Fragment later : fragments) {
                boolean apart = first.contains(earlier) && !first.contains(later);
                if (apart || (last.contains(later) && !last.contains(earlier)))
                    of(predecessors, later).add(earlier);
            }
        }
    }

    private static Set<Fragment> of(Map<Fragment, Set<Fragment>> sets, Fragment fragment) {
        return sets.computeIfAbsent(fragment, f -> new HashSet<>());
    }

    private static Map<String, Fragment> byName(List<Fragment> fragments) throws DeploymentException {
        Map<String, Fragment> byName = new HashMap<>();
        for (Fragment fragment : fragments) {
            String name = fragment.descriptor().fragmentName;
            if (name == null) continue;
            Fragment previous = byName.putIfAbsent(name, fragment);
            if (previous != null) {
                throw new DeploymentException(
                        "web fragments " + previous + " and " + fragment + " are both called " + name);
            }
        }
        return byName;
    }
}
