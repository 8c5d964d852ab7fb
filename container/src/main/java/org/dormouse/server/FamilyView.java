package org.dormouse.server;

import org.dormouse.http1.RequestCounts;
import org.dormouse.http1.Violation;
import org.dormouse.poller.loop.LoopCounts;
import org.dormouse.transport.ConnectionCounts;
import org.dormouse.transport.ConnectionEnd;
import org.dormouse.transport.Connections;

/** One loop with its connections and requests, put together for those who look. */
record FamilyView(Connections family, Admission.Counter counter, RequestCounts requestCounts) implements LoopView {
    private LoopCounts loop() {
        return family.loop().counts();
    }

    private ConnectionCounts connections() {
        return family.counts();
    }

    @Override
    public int index() {
        return family.loop().index();
    }

    @Override
    public long turns() {
        return loop().turns();
    }

    @Override
    public long waits() {
        return loop().waits();
    }

    @Override
    public long events() {
        return loop().events();
    }

    @Override
    public long wakeUps() {
        return loop().wakeUps();
    }

    @Override
    public long tasks() {
        return loop().tasks();
    }

    @Override
    public long continuations() {
        return loop().continuations();
    }

    @Override
    public long steals() {
        return loop().steals();
    }

    @Override
    public long handOvers() {
        return loop().handOvers();
    }

    @Override
    public long stalls() {
        return loop().stalls();
    }

    @Override
    public int readyContinuations() {
        return loop().readyContinuations();
    }

    @Override
    public int waitingTasks() {
        return loop().waitingTasks();
    }

    @Override
    public int openConnections() {
        return family.members();
    }

    @Override
    public long accepted() {
        return connections().accepted();
    }

    @Override
    public long closed() {
        return connections().closed();
    }

    @Override
    public long closed(ConnectionEnd reason) {
        return connections().closed(reason);
    }

    @Override
    public long reads() {
        return connections().reads();
    }

    @Override
    public long writes() {
        return connections().writes();
    }

    @Override
    public long requests() {
        return connections().requests();
    }

    @Override
    public long turnedAway() {
        return counter.turnedAway();
    }

    @Override
    public long refused(int status) {
        return requestCounts.refused(status);
    }

    @Override
    public long refused() {
        return requestCounts.refused();
    }

    @Override
    public long tolerated(Violation violation) {
        return requestCounts.tolerated(violation);
    }

    @Override
    public int admitted() {
        return counter.get();
    }
}
