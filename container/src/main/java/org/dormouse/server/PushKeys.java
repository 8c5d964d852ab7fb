package org.dormouse.server;

import java.util.Map;
import org.dormouse.push.HubLimits;
import org.dormouse.server.Configuration.Kind;

/** The keys {@code push.*}: what groups and event streams of an application may cost. */
final class PushKeys {
    static final Map<String, Kind> KINDS = Map.of(
            "push.max-groups", Kind.COUNT,
            "push.max-members", Kind.COUNT,
            "push.max-groups-per-member", Kind.COUNT,
            "push.max-pending", Kind.BYTES,
            "push.stream-budget", Kind.BYTES,
            "push.heartbeat", Kind.DURATION);

    private PushKeys() {}

    static HubLimits limits(Configuration configuration) {
        var otherwise = HubLimits.DEFAULT;
        return new HubLimits(
                Keys.count(configuration, "push.max-groups", otherwise.maxGroups()),
                Keys.count(configuration, "push.max-members", otherwise.maxMembers()),
                Keys.count(configuration, "push.max-groups-per-member", otherwise.maxGroupsPerMember()),
                Keys.count(configuration, "push.max-pending", otherwise.maxPending()),
                Keys.count(configuration, "push.stream-budget", otherwise.streamBudget()),
                Keys.duration(configuration, "push.heartbeat", otherwise.heartbeat()));
    }
}
