package org.dormouse.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.http.MappingMatch;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.dormouse.servlet.mapping.UrlPattern;
import org.jspecify.annotations.Nullable;

/**
 * What one URL pattern leads to: a servlet, and for each kind of dispatch the filters before it. Filters that every path of the pattern
 * passes are composed at once; where the path decides, each combination is composed when first met and kept.
 */
final class ServletPlan {
    /** Combinations kept for one plan and kind of dispatch; those beyond are composed again for each request. */
    private static final int MAX_KEPT = 256;

    /** Wraps what is in front of all filters around a chain: security, request listeners. */
    interface Front {
        FilterChain around(DispatcherType type, FilterChain chain);
    }

    /** A filter that may run here. {@code condition} is null where it always does. */
    private record Candidate(RunningFilter filter, @Nullable UrlPattern condition) {}

    private final RunningServlet servlet;
    private final Front front;
    private final Map<DispatcherType, Choice> choices = new EnumMap<>(DispatcherType.class);

    /** @param pattern what the plan is mapped by; null for a servlet asked for by its name */
    ServletPlan(
            RunningServlet servlet,
            @Nullable UrlPattern pattern,
            List<FilterMapping> mappings,
            Map<String, RunningFilter> filters,
            Front front) {
        this.servlet = servlet;
        this.front = front;
        for (DispatcherType type : DispatcherType.values()) {
            var candidates = new ArrayList<Candidate>();
            for (FilterMapping mapping : mappings) {
                RunningFilter filter = filters.get(mapping.filter());
                if (filter == null || !mapping.dispatchers().contains(type)) continue;
                Candidate candidate = candidate(filter, mapping, pattern);
                if (candidate != null) candidates.add(candidate);
            }
            choices.put(type, new Choice(type, candidates));
        }
    }

    RunningServlet servlet() {
        return servlet;
    }

    /** @param path below the context path */
    Chain chain(DispatcherType type, String path) {
        return Objects.requireNonNull(choices.get(type)).chain(path);
    }

    private @Nullable Candidate candidate(RunningFilter filter, FilterMapping mapping, @Nullable UrlPattern pattern) {
        if (mapping.byServletName()) {
            boolean ours = mapping.target().equals("*") || mapping.target().equals(servlet.name());
            return ours ? new Candidate(filter, null) : null;
        }
        if (pattern == null) return null;
        if (mapping.target().equals("/*")) return new Candidate(filter, null);
        UrlPattern condition = UrlPattern.of(mapping.target());
        return switch (pattern.kind()) {
            case EXACT -> condition.matches(pattern.text()) ? new Candidate(filter, null) : null;
            case CONTEXT_ROOT -> condition.matches("/") ? new Candidate(filter, null) : null;
            case PATH -> {
                String prefix = pattern.text().substring(0, pattern.text().length() - 2);
                boolean always = condition.kind() == MappingMatch.PATH && condition.matches(prefix);
                yield new Candidate(filter, always ? null : condition);
            }
            case EXTENSION, DEFAULT -> new Candidate(filter, condition);
        };
    }

    private Chain compose(DispatcherType type, Set<RunningFilter> filters) {
        boolean asyncSupported = servlet.isAsyncSupported();
        FilterChain first = servlet;
        for (RunningFilter filter : List.copyOf(filters).reversed()) {
            first = new Chain.FilterLink(filter.filter(), first);
            asyncSupported &= filter.isAsyncSupported();
        }
        return new Chain(front.around(type, first), servlet, asyncSupported);
    }

    /** The chains of one kind of dispatch. */
    private final class Choice {
        private final DispatcherType type;
        private final List<Candidate> candidates;
        private final @Nullable Chain only;
        /** By which candidates match: bit i for the candidate i. */
        private final Map<Long, Chain> kept = new ConcurrentHashMap<>();

        Choice(DispatcherType type, List<Candidate> candidates) {
            this.type = type;
            this.candidates = List.copyOf(candidates);
            boolean pathDecides = candidates.stream().anyMatch(c -> c.condition != null);
            this.only = pathDecides ? null : compose(type, chosen(""));
        }

        Chain chain(String path) {
            Chain chain = only;
            return chain != null ? chain : byPath(path);
        }

        private Chain byPath(String path) {
            if (candidates.size() > Long.SIZE) return compose(type, chosen(path));
            long matching = 0;
            for (int i = 0; i < candidates.size(); i++) {
                if (matches(candidates.get(i), path)) matching |= 1L << i;
            }
            Chain chain = kept.get(matching);
            if (chain == null) {
                chain = compose(type, chosen(path));
                if (kept.size() < MAX_KEPT) kept.putIfAbsent(matching, chain);
            }
            return chain;
        }

        /** In the order of the mappings; a filter mapped twice runs once. */
        private Set<RunningFilter> chosen(String path) {
            var filters = new LinkedHashSet<RunningFilter>();
            for (Candidate candidate : candidates) {
                if (matches(candidate, path)) filters.add(candidate.filter);
            }
            return filters;
        }

        private boolean matches(Candidate candidate, String path) {
            return candidate.condition == null || candidate.condition.matches(path);
        }
    }
}
