package dev.qsc.quality;

import java.util.Arrays;
import java.util.Optional;

/** Counts how the models of an ensemble vote together. */
final class EnsembleTally {
    private final int minVoters;
    private int events;
    private int hardDisagreements;

    /** The votes of one event, by {@link Event#vote}. */
    private final int[] votes = new int[Event.NO_VOTE + 1];

    /** Sum of the largest votes, at the number of voters: all that the exact mean needs. */
    private long[] largestVotes = new long[16];

    EnsembleTally(int minVoters) {
        this.minVoters = Math.max(1, minVoters);
    }

    void add(Event event) {
        Arrays.fill(votes, 0);
        for (int i = 0; i < event.size(); i++) {
            votes[event.vote(i)]++;
        }
        int buy = votes[Event.BUY];
        int sell = votes[Event.SELL];
        int hold = votes[Event.HOLD];
        int voters = buy + sell + hold;
        if (voters >= minVoters) {
            events++;
            hardDisagreements += buy > 0 && sell > 0 ? 1 : 0;
            if (voters >= largestVotes.length) {
                largestVotes = Arrays.copyOf(largestVotes, 2 * voters);
            }
            largestVotes[voters] += Math.max(hold, Math.max(buy, sell));
        }
    }

    Optional<Ensemble> ensemble() {
        if (events == 0) {
            return Optional.empty();
        }
        Ratio sum = Ratio.of(0, 1);
        for (int voters = 1; voters < largestVotes.length; voters++) {
            if (largestVotes[voters] > 0) {
                sum = sum.plus(Ratio.of(largestVotes[voters], voters));
            }
        }
        return Optional.of(new Ensemble(events, sum.dividedBy(events), Ratio.of(hardDisagreements, events)));
    }
}
