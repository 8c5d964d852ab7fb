package org.dormouse.server;

import java.time.Duration;

/**
 * How many requests are taken on, and what becomes of those beyond. Keys are those of docs/configuration.md.
 *
 * @param isAdaptive whether the limit follows what requests take ({@code server.admission})
 * @param maxInFlight requests whose servlet is at work; of an adaptive limit the most it can be ({@code server.max-requests-in-flight})
 * @param minInFlight the least that an adaptive limit can be ({@code server.min-requests-in-flight})
 * @param queueLength requests that wait for their turn, 0 for none; more are answered 503 ({@code server.queue-length})
 * @param queueTimeout for how long one waits; then it is answered 503 ({@code server.queue-timeout})
 */
record AdmissionSettings(boolean isAdaptive, int maxInFlight, int minInFlight, int queueLength, Duration queueTimeout) {
    private static final int MOST = 1 << 24;

    AdmissionSettings {
        ServerSettings.within("server.max-requests-in-flight", maxInFlight, 1, MOST);
        ServerSettings.within("server.min-requests-in-flight", minInFlight, 1, MOST);
        ServerSettings.within("server.queue-length", queueLength, 0, MOST);
        if (isAdaptive && minInFlight > maxInFlight) {
            throw new IllegalArgumentException("server.min-requests-in-flight " + minInFlight
                    + " is more than server.max-requests-in-flight " + maxInFlight);
        }
        if (queueTimeout.isNegative() || queueTimeout.isZero() || queueTimeout.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("server.queue-timeout " + queueTimeout + " is not in PT0.001S to PT1H");
        }
    }

    static AdmissionSettings fixed(int maxInFlight, int queueLength, Duration queueTimeout) {
        return new AdmissionSettings(false, maxInFlight, 1, queueLength, queueTimeout);
    }
}
