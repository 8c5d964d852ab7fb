package org.dormouse.deploy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.dormouse.deploy.Descriptor.Ordering;
import org.jspecify.annotations.Nullable;

/**
 * Servlet 6.1 §8.2.2 as a question to an order: does it satisfy every sentence? Where an application must fail, no order does, and all
 * of them are tried.
 */
final class FragmentOrderModel {
    enum Rule {
        BEFORE_A_NAME,
        AFTER_A_NAME,
        A_NAME_THAT_NOBODY_HAS,
        NO_ORDERING_AT_ALL,
        A_FRAGMENT_WITHOUT_A_NAME,
        BEFORE_OTHERS,
        SEVERAL_BEFORE_OTHERS,
        AFTER_OTHERS,
        SEVERAL_AFTER_OTHERS,
        OTHERS_AND_A_NAME_IN_ONE_ELEMENT,
        NOT_AMONG_THE_OTHERS_SINCE_BEFORE_ONE_THAT_IS_FIRST,
        NOT_AMONG_THE_OTHERS_SINCE_AFTER_ONE_THAT_IS_LAST,
        REFUSED_ONE_NAME_TWICE,
        REFUSED_A_CIRCLE_OF_NAMES,
        REFUSED_A_CIRCLE_THROUGH_OTHERS,
        ABSOLUTE_NAMES,
        ABSOLUTE_NAME_THAT_NOBODY_HAS,
        ABSOLUTE_NAME_TWICE,
        ABSOLUTE_WITHOUT_OTHERS_LEAVES_OUT,
        ABSOLUTE_WITH_OTHERS_IN_THE_MIDST,
        ABSOLUTE_THOUGH_THE_RELATIVE_ONE_CONTRADICTS_ITSELF
    }

    private final List<Fragment> fragments;
    private final Set<Fragment> first = new HashSet<>();
    private final Set<Fragment> last = new HashSet<>();

    FragmentOrderModel(Collection<Fragment> fragments) {
        this.fragments = List.copyOf(fragments);
        for (Fragment f : fragments) {
            if (ordering(f).before.contains(Ordering.OTHERS)) first.add(f);
            if (ordering(f).after.contains(Ordering.OTHERS)) last.add(f);
        }
        // Example 2: what has to come after one that is moved to the end is not among the others, nor the reverse.
        for (boolean grown = true; grown; ) {
            grown = false;
            for (Fragment a : fragments) {
                for (Fragment b : fragments) {
                    if (!namesDemand(a, b)) continue;
                    if (first.contains(b)) grown |= first.add(a);
                    if (last.contains(a)) grown |= last.add(b);
                }
            }
        }
    }

    private static Ordering ordering(Fragment fragment) {
        return fragment.descriptor().ordering;
    }

    private static @Nullable String name(Fragment fragment) {
        return fragment.descriptor().fragmentName;
    }

    /** Whether {@code a} has to come before {@code b} since one of them names the other. */
    private static boolean namesDemand(Fragment a, Fragment b) {
        return (name(b) != null && ordering(a).before.contains(name(b)))
                || (name(a) != null && ordering(b).after.contains(name(a)));
    }

    private boolean mayComeBefore(Fragment a, Fragment b) {
        if (namesDemand(b, a)) return false;
        if (first.contains(b) && !first.contains(a)) return false;
        return !last.contains(a) || last.contains(b);
    }

    private boolean satisfies(List<Fragment> order) {
        for (int i = 0; i < order.size(); i++)
            for (int j = i + 1; j < order.size(); j++) if (!mayComeBefore(order.get(i), order.get(j))) return false;
        return order.size() == fragments.size() && new HashSet<>(order).containsAll(fragments);
    }

    boolean hasOneNameTwice() {
        Set<String> names = new HashSet<>();
        for (Fragment f : fragments) if (name(f) != null && !names.add(name(f))) return true;
        return false;
    }

    private boolean namesItself() {
        return fragments.stream().anyMatch(f -> namesDemand(f, f));
    }

    /** Whether the application has to fail: no order will do. */
    boolean isRefused() {
        return hasOneNameTwice() || namesItself() || !someOrderSatisfies(List.of());
    }

    private boolean someOrderSatisfies(List<Fragment> begun) {
        if (begun.size() == fragments.size()) return true;
        for (Fragment next : fragments) {
            if (begun.contains(next) || !begun.stream().allMatch(earlier -> mayComeBefore(earlier, next))) continue;
            var longer = new ArrayList<>(begun);
            longer.add(next);
            if (someOrderSatisfies(longer)) return true;
        }
        return false;
    }

    boolean allows(List<Fragment> order) {
        return !hasOneNameTwice() && !namesItself() && satisfies(order);
    }

    /** {@code <absolute-ordering>}: what stands at {@code <others/>} may be in any order. */
    boolean allowsAbsolute(List<String> names, List<Fragment> order) {
        Set<String> distinct = new LinkedHashSet<>(names);
        List<Fragment> rest = new ArrayList<>(order);
        List<Fragment> unnamed = new ArrayList<>(fragments);
        unnamed.removeIf(f -> name(f) != null && distinct.contains(name(f)));
        for (String name : distinct) {
            if (name.equals(Ordering.OTHERS)) {
                if (rest.size() < unnamed.size()) return false;
                List<Fragment> here = rest.subList(0, unnamed.size());
                if (!new HashSet<>(here).equals(new HashSet<>(unnamed))) return false;
                here.clear();
                continue;
            }
            for (Fragment f : fragments)
                if (name.equals(name(f)) && (rest.isEmpty() || rest.removeFirst() != f)) return false;
        }
        return rest.isEmpty();
    }

    /** The sentences of "relative ordering" that apply. */
    Set<Rule> met() {
        Set<Rule> met = EnumSet.noneOf(Rule.class);
        if (hasOneNameTwice()) return EnumSet.of(Rule.REFUSED_ONE_NAME_TWICE);
        if (isRefused()) {
            boolean others = !namesAloneAreRefused();
            return EnumSet.of(others ? Rule.REFUSED_A_CIRCLE_THROUGH_OTHERS : Rule.REFUSED_A_CIRCLE_OF_NAMES);
        }
        if (fragments.stream()
                .allMatch(f -> ordering(f).before.isEmpty() && ordering(f).after.isEmpty()))
            met.add(Rule.NO_ORDERING_AT_ALL);
        for (Fragment f : fragments) {
            if (name(f) == null) met.add(Rule.A_FRAGMENT_WITHOUT_A_NAME);
            meet(met, f, ordering(f).before, Rule.BEFORE_A_NAME);
            meet(met, f, ordering(f).after, Rule.AFTER_A_NAME);
            if (first.contains(f) && !ordering(f).before.contains(Ordering.OTHERS))
                met.add(Rule.NOT_AMONG_THE_OTHERS_SINCE_BEFORE_ONE_THAT_IS_FIRST);
            if (last.contains(f) && !ordering(f).after.contains(Ordering.OTHERS))
                met.add(Rule.NOT_AMONG_THE_OTHERS_SINCE_AFTER_ONE_THAT_IS_LAST);
        }
        boolean others = first.size() + last.size() < fragments.size();
        if (others && !first.isEmpty()) met.add(first.size() > 1 ? Rule.SEVERAL_BEFORE_OTHERS : Rule.BEFORE_OTHERS);
        if (others && !last.isEmpty()) met.add(last.size() > 1 ? Rule.SEVERAL_AFTER_OTHERS : Rule.AFTER_OTHERS);
        return met;
    }

    private void meet(Set<Rule> met, Fragment fragment, List<String> names, Rule rule) {
        for (String name : names) {
            if (name.equals(Ordering.OTHERS)) {
                if (names.size() > 1) met.add(Rule.OTHERS_AND_A_NAME_IN_ONE_ELEMENT);
                continue;
            }
            boolean known = fragments.stream().anyMatch(f -> f != fragment && name.equals(name(f)));
            met.add(known ? rule : Rule.A_NAME_THAT_NOBODY_HAS);
        }
    }

    private boolean namesAloneAreRefused() {
        var withoutOthers = new FragmentOrderModel(fragments);
        withoutOthers.first.clear();
        withoutOthers.last.clear();
        return withoutOthers.isRefused();
    }

    Set<Rule> metAbsolute(List<String> names) {
        Set<Rule> met = EnumSet.noneOf(Rule.class);
        Set<String> distinct = new LinkedHashSet<>(names);
        if (distinct.size() < names.size()) met.add(Rule.ABSOLUTE_NAME_TWICE);
        for (String name : distinct) {
            if (name.equals(Ordering.OTHERS)) met.add(Rule.ABSOLUTE_WITH_OTHERS_IN_THE_MIDST);
            else if (fragments.stream().anyMatch(f -> name.equals(name(f)))) met.add(Rule.ABSOLUTE_NAMES);
            else met.add(Rule.ABSOLUTE_NAME_THAT_NOBODY_HAS);
        }
        if (!distinct.contains(Ordering.OTHERS) && fragments.stream().anyMatch(f -> !distinct.contains(name(f))))
            met.add(Rule.ABSOLUTE_WITHOUT_OTHERS_LEAVES_OUT);
        if (isRefused()) met.add(Rule.ABSOLUTE_THOUGH_THE_RELATIVE_ONE_CONTRADICTS_ITSELF);
        return met;
    }
}
