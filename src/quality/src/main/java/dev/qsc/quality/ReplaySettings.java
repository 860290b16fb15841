package dev.qsc.quality;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/**
 * The rollout that a recording is replayed for.
 *
 * @param cutover entries before it do not count; empty to begin with the first one
 * @param activatedAt when the canary went in: the gate is not asked, and what came until then only serves to learn the
 *     stream's pace; empty to let the gate decide
 * @param gate what the gate asks for
 * @param maxEvents how many of the newest usable events the gate judges
 * @param gateTimeout how long the gate may wait
 * @param monitor what the monitor watches, given the events of the gate: their pace may decide how much silence is
 *     normal
 * @param mode when checks are made
 * @param interval length of a slot, and time between two questions to the gate
 * @param duration how long the step lasts if every slot is judged
 * @param warmup how long the first judged slot may take
 * @param tolerance how many failed checks it takes to roll back
 */
public record ReplaySettings(
        Optional<Instant> cutover,
        Optional<Instant> activatedAt,
        GateSettings gate,
        int maxEvents,
        Duration gateTimeout,
        Function<Window, MonitorSettings> monitor,
        Mode mode,
        Duration interval,
        Duration duration,
        Duration warmup,
        Tolerance tolerance) {
    /** When checks are made. */
    public enum Mode {
        /** At the beginning of each slot. */
        INTERVAL,
        /** Also as events arrive, at most four times a second. */
        CONTINUOUS
    }

    /** @throws IllegalArgumentException when a number is below 1 or a duration not above zero */
    public ReplaySettings {
        Check.atLeastOne("maxEvents", maxEvents);
        Check.positive("gateTimeout", gateTimeout);
        Check.positive("interval", interval);
        Check.positive("duration", duration);
        Check.positive("warmup", warmup);
    }

    Slots.Plan plan(Instant t0) {
        return new Slots.Plan(t0, interval, duration, warmup);
    }
}
