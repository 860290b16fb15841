package dev.qsc.quality;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Counts how the models of an ensemble vote together. */
final class EnsembleTally {
    private final int minVoters;
    private int events;
    private int hardDisagreements;

    /** Sum of the largest votes, by number of voters: all that the exact mean needs. */
    private final Map<Integer, Long> largestVotes = new TreeMap<>();

    EnsembleTally(int minVoters) {
        this.minVoters = Math.max(1, minVoters);
    }

    void add(Event event) {
        int buy = 0;
        int sell = 0;
        int hold = 0;
        for (int i = 0; i < event.size(); i++) {
            if (event.isValid(i)) {
                switch (event.action(i)) {
                    case BUY -> buy++;
                    case SELL -> sell++;
                    case HOLD -> hold++;
                }
            }
        }
        int voters = buy + sell + hold;
        if (voters >= minVoters) {
            events++;
            hardDisagreements += buy > 0 && sell > 0 ? 1 : 0;
            largestVotes.merge(voters, (long) Math.max(hold, Math.max(buy, sell)), Long::sum);
        }
    }

    Optional<Ensemble> ensemble() {
        if (events == 0) {
            return Optional.empty();
        }
        Ratio sum = Ratio.of(0, 1);
        for (var entry : largestVotes.entrySet()) {
            sum = sum.plus(Ratio.of(entry.getValue(), entry.getKey()));
        }
        return Optional.of(new Ensemble(events, sum.dividedBy(events), Ratio.of(hardDisagreements, events)));
    }
}
