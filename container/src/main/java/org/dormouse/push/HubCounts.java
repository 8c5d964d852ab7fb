package org.dormouse.push;

/**
 * What a hub has done so far, and what is in it now.
 *
 * @param groups that somebody is in
 * @param memberships members of all groups together; who is in two counts twice
 * @param broadcasts messages given to a group that has members
 * @param refused broadcasts for which there was no room ({@code push.max-pending})
 * @param sent messages that members got, or that wait for them within their budgets
 * @param dropped messages that members did not get because they read too slowly
 */
public record HubCounts(int groups, int memberships, long broadcasts, long refused, long sent, long dropped) {}
