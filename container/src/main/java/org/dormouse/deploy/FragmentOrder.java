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
     * Sorts by {@code <absolute-ordering>}. Names that no fragment has are skipped; fragments not named are left out unless there is
     * {@code <others/>}.
     */
    static List<Fragment> absolute(List<Fragment> fragments, List<String> names) throws DeploymentException {
        Map<String, Fragment> byName = byName(fragments, true);
        Set<Fragment> named = new HashSet<>();
        for (String name : names) {
            Fragment fragment = byName.get(name);
            if (fragment != null) named.add(fragment);
        }
        Set<Fragment> sorted = new LinkedHashSet<>();
        for (String name : names) {
            if (name.equals(Ordering.OTHERS)) {
                for (Fragment fragment : fragments) if (!named.contains(fragment)) sorted.add(fragment);
            } else if (byName.containsKey(name)) {
                sorted.add(byName.get(name));
            }
        }
        return List.copyOf(sorted);
    }

    /** Sorts by the {@code <ordering>} of each fragment; where it leaves a choice, as they came. */
    static List<Fragment> relative(List<Fragment> fragments) throws DeploymentException {
        if (fragments.stream().allMatch(FragmentOrder::isUnordered)) return fragments;
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

    private static boolean isUnordered(Fragment fragment) {
        Ordering ordering = fragment.descriptor().ordering;
        return ordering.before.isEmpty() && ordering.after.isEmpty();
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
        Map<String, Fragment> byName = byName(fragments, false);
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

    /** "Others" are those that are not asked to be on the other side, by themselves or through a chain of names. */
    private static void addOthers(List<Fragment> fragments, Map<Fragment, Set<Fragment>> predecessors) {
        Map<Fragment, Set<Fragment>> explicit = new HashMap<>();
        predecessors.forEach((fragment, before) -> explicit.put(fragment, new HashSet<>(before)));
        for (Fragment fragment : fragments) {
            boolean first = fragment.descriptor().ordering.before.contains(Ordering.OTHERS);
            boolean last = fragment.descriptor().ordering.after.contains(Ordering.OTHERS);
            for (Fragment other : fragments) {
                if (other == fragment) continue;
                Ordering its = other.descriptor().ordering;
                if (first && !its.before.contains(Ordering.OTHERS) && !isBefore(other, fragment, explicit)) {
                    of(predecessors, other).add(fragment);
                }
                if (last && !its.after.contains(Ordering.OTHERS) && !isBefore(fragment, other, explicit)) {
                    of(predecessors, fragment).add(other);
                }
            }
        }
    }

    private static boolean isBefore(Fragment earlier, Fragment later, Map<Fragment, Set<Fragment>> predecessors) {
        Set<Fragment> seen = new HashSet<>();
        List<Fragment> open = new ArrayList<>(List.of(later));
        while (!open.isEmpty()) {
            for (Fragment before : predecessors.getOrDefault(open.removeLast(), Set.of())) {
                if (before == earlier) return true;
                if (seen.add(before)) open.add(before);
            }
        }
        return false;
    }

    private static Set<Fragment> of(Map<Fragment, Set<Fragment>> sets, Fragment fragment) {
        return sets.computeIfAbsent(fragment, f -> new HashSet<>());
    }

    private static Map<String, Fragment> byName(List<Fragment> fragments, boolean firstWins)
            throws DeploymentException {
        Map<String, Fragment> byName = new HashMap<>();
        for (Fragment fragment : fragments) {
            String name = fragment.descriptor().fragmentName;
            if (name == null) continue;
            Fragment previous = byName.putIfAbsent(name, fragment);
            if (previous != null && !firstWins) {
                throw new DeploymentException(
                        "web fragments " + previous + " and " + fragment + " are both called " + name);
            }
        }
        return byName;
    }
}
