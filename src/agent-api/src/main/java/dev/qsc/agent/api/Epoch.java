package dev.qsc.agent.api;

/**
 * The fencing token of an operator leader. A host persists the highest it saw per rollout, and refuses lower ones and
 * equal ones of another holder.
 *
 * @param number from 1
 * @param holder the leader's identity, unique per process
 */
public record Epoch(long number, String holder) {
    public Epoch {
        Check.that(number >= 1, "epoch.number", "must be at least 1, not " + number);
        Check.matches("epoch.holder", holder, "[0-9a-zA-Z._-]{1,128}");
    }
}
