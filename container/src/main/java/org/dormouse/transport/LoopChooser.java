package org.dormouse.transport;

import java.util.List;
import org.dormouse.poller.socket.StreamSocket;

/** Chooses the loop of each connection that one loop accepts for all; none that is draining, while there is another. Owner of the accepting loop. */
abstract class LoopChooser {
    private final List<Entrance> loops;

    /** Whose turn it is. */
    private int next;

    private LoopChooser(List<Entrance> loops) {
        this.loops = List.copyOf(loops);
    }

    static LoopChooser of(Balance balance, List<Entrance> loops) {
        return switch (balance) {
            case ROUND_ROBIN -> new InTurn(loops);
            case LEAST_CONNECTIONS -> new FewestConnections(loops);
            case SOURCE_ADDRESS -> new BySource(loops);
            case REUSE_PORT, SHARED -> throw new IllegalArgumentException(balance + " has no acceptor");
        };
    }

    /** The loop that gets {@code accepted}; it counts there from now on. */
    Entrance choose(StreamSocket accepted) {
        int first = preferred(accepted);
        Entrance chosen = loops.get(first);
        for (int i = 1; i < loops.size() && chosen.family().isDraining(); i++)
            chosen = loops.get((first + i) % loops.size());
        return chosen;
    }

    abstract int preferred(StreamSocket accepted);

    final int inTurn() {
        int turn = next;
        next = turn + 1 == loops.size() ? 0 : turn + 1;
        return turn;
    }

    private static final class InTurn extends LoopChooser {
        InTurn(List<Entrance> loops) {
            super(loops);
        }

        @Override
        int preferred(StreamSocket accepted) {
            return inTurn();
        }
    }

    private static final class FewestConnections extends LoopChooser {
        private final List<Connections> families;

        FewestConnections(List<Entrance> loops) {
            super(loops);
            families = loops.stream().map(Entrance::family).toList();
        }

        /** Of those that have as few, the one whose turn it is. */
        @Override
        int preferred(StreamSocket accepted) {
            int start = inTurn();
            int best = start;
            for (int i = 1; i < families.size(); i++) {
                int other = (start + i) % families.size();
                if (load(other) < load(best)) best = other;
            }
            return best;
        }

        private int load(int loop) {
            Connections family = families.get(loop);
            return family.isDraining() ? Integer.MAX_VALUE : family.members();
        }
    }

    private static final class BySource extends LoopChooser {
        private final int count;

        BySource(List<Entrance> loops) {
            super(loops);
            count = loops.size();
        }

        @Override
        int preferred(StreamSocket accepted) {
            if (accepted.isUnix()) return inTurn();
            // Neighbours differ in the last bits only: multiplied, those reach the first ones too, which are used.
            long mixed = (accepted.peerHigh() * 31 + accepted.peerLow()) * 0x9e3779b97f4a7c15L;
            return (int) ((mixed >>> 33) % count);
        }
    }
}
