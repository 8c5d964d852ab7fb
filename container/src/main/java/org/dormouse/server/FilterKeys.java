package org.dormouse.server;

import jakarta.servlet.Filter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.dormouse.filter.AccessLog;
import org.dormouse.filter.ConfiguredFilter;
import org.dormouse.filter.CorsFilter;
import org.dormouse.filter.FilterSettings;
import org.dormouse.filter.ForwardedFilter;
import org.dormouse.filter.HostFilter;
import org.dormouse.filter.HttpsRedirectFilter;
import org.dormouse.filter.RateLimitFilter;
import org.dormouse.filter.RequestIdFilter;
import org.dormouse.filter.SecurityHeadersFilter;
import org.dormouse.server.Configuration.Kind;
import org.jspecify.annotations.Nullable;

/**
 * The keys of the filters that the server puts in front of all applications. A family whose filter needs to be told something is on if that is
 * set; one whose settings all have defaults has a switch.
 */
final class FilterKeys {
    private static final String ACCESS_LOG = "access-log";
    private static final String ENABLED = "enabled";

    /** In the order in which a request meets them: first who it is from, then whether it is let in. */
    private static final List<Supplier<ConfiguredFilter>> IN_ORDER = List.of(
            ForwardedFilter::new,
            RequestIdFilter::new,
            SecurityHeadersFilter::new,
            HostFilter::new,
            HttpsRedirectFilter::new,
            CorsFilter::new,
            RateLimitFilter::new);

    static final Map<String, Kind> KINDS = kinds();

    private FilterKeys() {}

    private static Map<String, Kind> kinds() {
        var kinds = new TreeMap<String, Kind>();
        add(kinds, ACCESS_LOG, AccessLog.settings());
        for (Supplier<ConfiguredFilter> each : IN_ORDER) {
            ConfiguredFilter filter = each.get();
            add(kinds, filter.family(), filter.kinds());
            if (filter.main().isEmpty()) kinds.put(filter.family() + "." + ENABLED, Kind.SWITCH);
        }
        return kinds;
    }

    private static void add(Map<String, Kind> kinds, String family, Map<String, FilterSettings.Kind> settings) {
        settings.forEach((name, kind) -> kinds.put(family + "." + name, Kind.valueOf(kind.name())));
    }

    static List<Filter> filters(Configuration configuration) {
        var filters = new ArrayList<Filter>();
        for (Supplier<ConfiguredFilter> each : IN_ORDER) {
            ConfiguredFilter filter = each.get();
            Map<String, String> settings = configuration.family(filter.family());
            if (!isOn(filter.family(), filter.main(), settings)) continue;
            settings.remove(ENABLED);
            settings.forEach(filter::with);
            filter.start();
            filters.add(filter);
        }
        return filters;
    }

    static @Nullable AccessLog accessLog(Configuration configuration) {
        Map<String, String> settings = configuration.family(ACCESS_LOG);
        return isOn(ACCESS_LOG, "file", settings) ? AccessLog.open(settings) : null;
    }

    private static boolean isOn(String family, String main, Map<String, String> settings) {
        String asked = main.isEmpty() ? ENABLED : main;
        String value = settings.get(asked);
        if (value == null && !settings.isEmpty()) {
            throw new IllegalArgumentException(
                    family + "." + settings.keySet().iterator().next() + " is set, but " + family + "." + asked
                            + " is not: without it there is nothing to set");
        }
        return value != null && !(main.isEmpty() && value.equalsIgnoreCase("false"));
    }
}
