package org.dormouse.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HubTest {
    private final Ear.Loop loop = new Ear.Loop();
    private final Ear.Loop other = new Ear.Loop();
    private final Hub hub = new Hub();
    private final Group room = hub.group("garden");

    private Ear ear(Ear.Loop at, String group) {
        Ear ear = new Ear(at);
        assertThat(hub.join(group, ear, null)).isTrue();
        return ear;
    }

    private static HubLimits limits(int groups, int members, int perMember, int pending) {
        return new HubLimits(groups, members, perMember, pending, 1000, Duration.ZERO);
    }

    @Test
    void allOfAGroupHearWhatIsBroadcastAndNobodyElseDoes() {
        Ear one = ear(loop, "garden");
        Ear two = ear(other, "garden");
        Ear elsewhere = ear(loop, "forest");

        room.broadcast("acorns");
        loop.run();
        other.run();

        assertThat(one.heard).containsExactly("acorns");
        assertThat(two.heard).containsExactly("acorns");
        assertThat(elsewhere.heard).isEmpty();
        assertThat(hub.counts()).isEqualTo(new HubCounts(2, 3, 1, 0, 2, 0));
    }

    @Test
    void oneMemberCanBeLeftOut() {
        Ear speaker = ear(loop, "garden");
        Ear listener = ear(loop, "garden");

        hub.broadcast("garden", Message.text("acorns"), speaker);
        loop.run();

        assertThat(speaker.heard).isEmpty();
        assertThat(listener.heard).containsExactly("acorns");
    }

    @Test
    void aMessageGoesToThoseWhoWereMembersWhenItWasBroadcast() {
        Ear leaves = ear(loop, "garden");

        room.broadcast("before");
        hub.leave("garden", leaves, null);
        Ear joins = ear(loop, "garden");
        room.broadcast("after");
        loop.run();

        assertThat(leaves.heard).containsExactly("before");
        assertThat(joins.heard).containsExactly("after");
    }

    @Test
    void eachMemberOfALargeGroupHearsEverythingInOrderAndOthersOfTheLoopGetTheirTurnBetween() {
        List<Ear> ears = new ArrayList<>();
        for (int i = 0; i < 2000; i++) ears.add(ear(loop, "garden"));
        loop.run();

        for (String text : List.of("one", "two", "three")) room.broadcast(text);
        int turns = loop.run();

        assertThat(ears).allSatisfy(ear -> assertThat(ear.heard).containsExactly("one", "two", "three"));
        assertThat(turns).isGreaterThan(3 * 2000 / 300);
    }

    @Test
    void oneHandOverTakesAMessageToAllMembersOfALoop() {
        for (int i = 0; i < 100; i++) ear(loop, "garden");
        for (int i = 0; i < 100; i++) ear(other, "garden");
        loop.run();
        other.run();

        room.broadcast("acorns");

        assertThat(loop.run()).isEqualTo(1);
        assertThat(other.run()).isEqualTo(1);
    }

    @Test
    void eachFormOfAMessageIsMadeOnceHoweverManyGetIt() {
        AtomicInteger made = new AtomicInteger();
        Message message = Message.text("acorns");
        for (int i = 0; i < 3; i++) {
            assertThat(message.<String>form("frame", bytes -> "frame " + made.incrementAndGet()))
                    .isEqualTo("frame 1");
        }
        assertThat(message.<String>form("event", bytes -> "event of " + bytes.length))
                .isEqualTo("event of 6");
    }

    @Test
    void whoEndsLeavesAllItsGroupsAndJoinsNoOther() {
        Ear ear = ear(loop, "garden");
        hub.join("forest", ear, null);

        ear.end();

        assertThat(room.size()).isZero();
        assertThat(hub.names()).isEmpty();
        assertThat(hub.join("garden", ear, null)).isFalse();
        assertThat(hub.counts().memberships()).isZero();
    }

    @Test
    void joiningTwiceIsOneMembership() {
        Ear ear = ear(loop, "garden");
        assertThat(hub.join("garden", ear, "again")).isFalse();
        room.broadcast("acorns");
        loop.run();
        assertThat(ear.heard).containsExactly("acorns");
        assertThat(room.size()).isEqualTo(1);
    }

    @Test
    void whatIsDroppedForSlowMembersIsCounted() {
        Ear slow = ear(loop, "garden");
        ear(loop, "garden");
        slow.answer = Recipient.Delivery.DROPPED;
        room.broadcast("acorns");
        loop.run();
        assertThat(hub.counts()).isEqualTo(new HubCounts(1, 2, 1, 0, 1, 1));
    }

    @Test
    void aMemberThatFailsDoesNotKeepTheMessageFromTheOthers() {
        Recipient broken = new Recipient() {
            private final Memberships memberships = new Memberships();

            @Override
            public java.util.concurrent.Executor sender() {
                return loop;
            }

            @Override
            public Delivery deliver(Message message, Runnable droppedLater) {
                throw new IllegalStateException("broken");
            }

            @Override
            public Memberships memberships() {
                return memberships;
            }
        };
        hub.join("garden", broken, null);
        Ear ear = ear(loop, "garden");
        room.broadcast("acorns");
        loop.run();
        assertThat(ear.heard).containsExactly("acorns");
    }

    @Test
    void listenersLearnWhoComesAndGoes() {
        List<String> events = new ArrayList<>();
        Runnable end = hub.onPresence(new PresenceListener() {
            @Override
            public void joined(Member member) {
                events.add(member.who() + " joined " + member.group().name() + " of "
                        + member.group().size());
            }

            @Override
            public void left(Member member) {
                events.add(member.who() + " left " + member.group().name() + " of "
                        + member.group().size());
            }
        });
        Ear ear = new Ear(loop);
        hub.join("garden", ear, "Hazel");
        hub.join("garden", ear, "Hazel");
        assertThat(room.members()).singleElement().satisfies(member -> {
            assertThat(member.who()).isEqualTo("Hazel");
            assertThat(member.source()).isSameAs(ear);
        });
        ear.end();
        end.run();
        ear(loop, "garden");
        assertThat(events).containsExactly("Hazel joined garden of 1", "Hazel left garden of 0");
    }

    @Test
    void limitsAreFiniteAndNameTheirKeys() {
        Hub small = new Hub(limits(2, 2, 2, 1000));
        Ear one = new Ear(loop);
        small.join("a", one, null);
        small.join("b", one, null);
        assertThatThrownBy(() -> small.join("c", one, null))
                .isInstanceOf(HubFullException.class)
                .hasMessageContaining("one client in 2 groups")
                .hasMessageContaining("push.max-groups-per-member");
        assertThatThrownBy(() -> small.join("c", new Ear(loop), null))
                .hasMessageContaining("there are 2 groups")
                .hasMessageContaining("(push.max-groups)");
        small.join("a", new Ear(loop), null);
        Ear third = new Ear(loop);
        assertThatThrownBy(() -> small.join("a", third, null))
                .hasMessageContaining("group \"a\" has 2 members")
                .hasMessageContaining("(push.max-members)");
        third.end(); // was in no group after the refusal
        assertThat(small.counts().memberships()).isEqualTo(3);
    }

    @Test
    void aGroupThatEverybodyHasLeftTakesNoRoom() {
        Hub small = new Hub(limits(1, 10, 10, 1000));
        Ear ear = new Ear(loop);
        for (int i = 0; i < 3; i++) {
            small.join("room " + i, ear, null);
            small.leave("room " + i, ear, null);
            loop.run();
        }
        assertThat(small.find("room 0")).isNull();
        assertThat(small.find("room 2")).isNull();
    }

    @Test
    void broadcastsBeyondWhatLoopsHaveSentAreRefusedUntilTheyCatchUp() {
        Hub small = new Hub(limits(10, 10, 10, 1000));
        Ear ear = new Ear(loop);
        small.join("a", ear, null);
        Group group = small.group("a");
        assertThat(group.broadcast("x".repeat(500))).isTrue();
        assertThat(group.broadcast("y".repeat(500))).isFalse();
        loop.run();
        assertThat(group.broadcast("z")).isTrue();
        loop.run();
        assertThat(ear.heard).containsExactly("x".repeat(500), "z");
        assertThat(small.counts().refused()).isEqualTo(1);
    }

    @Test
    void nothingIsLeftWhenManyComeGoAndSpeakAtOnce() throws Exception {
        try (ExecutorService loops = Executors.newSingleThreadExecutor();
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Ear> ears = new ArrayList<>();
            for (int i = 0; i < 64; i++) ears.add(new Ear(loops));
            var done = new CountDownLatch(4);
            for (int t = 0; t < 4; t++) {
                int mine = t;
                threads.execute(() -> {
                    for (int i = 0; i < 4000; i++) {
                        Ear ear = ears.get((i * 7 + mine) % 64);
                        String group = "group " + i % 3;
                        switch ((i + mine) % 3) {
                            case 0 -> hub.join(group, ear, null);
                            case 1 -> hub.leave(group, ear, null);
                            default -> hub.group(group).broadcast("x");
                        }
                    }
                    done.countDown();
                });
            }
            assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
            for (Ear ear : ears) ear.end();
            for (int i = 0; i < 3; i++) { // however many goes of their executor the steps take
                while (hub.find("group " + i) != null) loops.submit(() -> {}).get(30, TimeUnit.SECONDS);
            }
        }
        assertThat(hub.counts().memberships()).isZero();
        assertThat(hub.names()).isEmpty();
    }
}
