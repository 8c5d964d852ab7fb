package org.dormouse.push;

import java.time.Duration;

/**
 * What the groups and event streams of one application may cost. The keys are those of the configuration and of the messages that name a limit.
 *
 * @param maxGroups {@code push.max-groups}: groups that somebody is in
 * @param maxMembers {@code push.max-members}: members of one group
 * @param maxGroupsPerMember {@code push.max-groups-per-member}: groups that one session or stream is in
 * @param maxPending {@code push.max-pending}: bytes of messages that were broadcast and that a loop has not sent to all its members yet, all
 *     groups together; a broadcast beyond is refused
 * @param streamBudget {@code push.stream-budget}: bytes that may wait in an event stream for a client that reads slowly
 * @param heartbeat {@code push.heartbeat}: after so long without an event, a stream sends a comment, so that what lies between does not take it
 *     for idle; {@link Duration#ZERO} means never
 */
public record HubLimits(
        int maxGroups, int maxMembers, int maxGroupsPerMember, int maxPending, int streamBudget, Duration heartbeat) {
    static final String MAX_GROUPS = "push.max-groups";
    static final String MAX_MEMBERS = "push.max-members";
    static final String MAX_GROUPS_PER_MEMBER = "push.max-groups-per-member";
    static final String MAX_PENDING = "push.max-pending";
    static final String STREAM_BUDGET = "push.stream-budget";

    public static final HubLimits DEFAULT =
            new HubLimits(10_000, 100_000, 100, 16 * 1024 * 1024, 256 * 1024, Duration.ofSeconds(15));

    public HubLimits {
        atLeastOne(MAX_GROUPS, maxGroups);
        atLeastOne(MAX_MEMBERS, maxMembers);
        atLeastOne(MAX_GROUPS_PER_MEMBER, maxGroupsPerMember);
        atLeastOne(MAX_PENDING, maxPending);
        atLeastOne(STREAM_BUDGET, streamBudget);
        if (heartbeat.isNegative()) throw new IllegalArgumentException("push.heartbeat " + heartbeat + " is negative");
    }

    private static void atLeastOne(String key, int value) {
        if (value < 1) throw new IllegalArgumentException(key + " " + value + " < 1");
    }
}
