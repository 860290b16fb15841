package dev.qsc.host.agent;

import dev.qsc.agent.api.Epoch;
import dev.qsc.agent.api.InvalidRequestException;
import dev.qsc.agent.api.Operation;
import dev.qsc.agent.api.RolloutRef;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Root's record of the canary that is armed: written before anything else is touched, cleared when the engine is proved
 * to be home.
 *
 * @param rollout whose canary
 * @param operation that put it there, or that promotes it
 * @param epoch of the leader that asked for it
 * @param step of the rollout
 * @param model the canary
 * @param percent its share
 * @param digest of its weights
 * @param oldDigest of the baseline that a rollback restores
 * @param stage how far root's helpers came
 */
record Armed(
        RolloutRef rollout,
        Operation operation,
        Epoch epoch,
        int step,
        String model,
        int percent,
        String digest,
        String oldDigest,
        Stage stage) {

    /** How far root's helpers came, in this order. */
    enum Stage {
        /** Nothing is touched yet. */
        arming,
        /** Values, drop-in or restart may have happened. */
        applying,
        /** Every process was seen with the canary's values. */
        active,
        /** The baseline may already be the new one. */
        promoting,
        /** Every process was seen on the new baseline; the old one is kept. */
        promoted,
        /** The new baseline stays; root only tidies up. */
        confirmed
    }

    /**
     * The record in a file; empty when there is none.
     *
     * @throws HostException when it cannot be understood
     */
    static Optional<Armed> read(Path file) {
        return HostFiles.read(file).map(text -> {
            try {
                return of(KeyValues.parse(text).orElseThrow(() -> new HostException(file + " is torn")));
            } catch (InvalidRequestException e) {
                throw new HostException(file + " is not a record of this version: " + e.getMessage(), e);
            } catch (IllegalArgumentException e) {
                throw new HostException(file + " is not a record of this version", e);
            }
        });
    }

    private static Armed of(KeyValues record) {
        String[] name = record.text("rollout").split("/", 2);
        return new Armed(
                new RolloutRef(name[0], name.length == 2 ? name[1] : "", record.text("uid")),
                new Operation(record.text("operation"), record.number("sequence")),
                new Epoch(record.number("epoch"), record.text("holder")),
                (int) record.number("step"),
                record.text("model"),
                (int) record.number("percent"),
                record.text("new_digest"),
                record.text("old_digest"),
                Stage.valueOf(record.text("stage")));
    }
}
