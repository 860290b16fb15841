package dev.qsc.host.agent;

import dev.qsc.agent.api.HostClock;
import dev.qsc.agent.api.UnitState;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Optional;

/**
 * What the files say of a unit at one moment: all that is needed to admit a command, without starting a process.
 *
 * @param unit the unit
 * @param armed root's record
 * @param fences root's memory
 * @param observed what root saw
 * @param homeward root's mark that the canary goes home
 * @param lease the agent's own word, as the guard reads it
 * @param request the agent's last request
 * @param requestedAt when it was written, by the wall clock
 * @param baseline the weights to come home to; null when there are none
 * @param limits what is allowed; null when the unit is no longer listed
 * @param clock when this was
 */
record Snapshot(
        String unit,
        Optional<Armed> armed,
        Fences fences,
        Optional<Observed> observed,
        Optional<Mark> homeward,
        Lease lease,
        Optional<KeyValues> request,
        Instant requestedAt,
        UnitState.Baseline baseline,
        UnitState.Limits limits,
        HostClock clock) {

    /** The files as they are now. */
    static Snapshot of(HostFiles files, BootClock clock, String unit) {
        return new Snapshot(
                unit,
                Armed.read(files.armed(unit)),
                Fences.read(files.fences(unit)),
                Observed.read(files.observed(unit)),
                HostFiles.read(files.homeward(unit)).map(Mark::parse),
                HostFiles.read(files.lease(unit)).map(Lease::parse).orElse(Lease.NONE),
                HostFiles.read(files.request(unit)).flatMap(KeyValues::parse),
                HostFiles.writtenAt(files.request(unit)),
                Baseline.read(files.baseline(unit)),
                Files.exists(files.listed(unit)) ? Limits.read(files.listed(unit)) : null,
                clock.now());
    }

    /** Until when the armed canary may stay, in milliseconds of the boot clock; 0 when nothing lets it. */
    long leaseDeadline() {
        return armed.flatMap(record -> lease.of(
                                record.rollout().uid(), record.operation().id())
                        .filter(entry -> entry.epoch() >= record.epoch().number()))
                .map(Lease.Entry::deadline)
                .filter(deadline -> deadline > clock.boot())
                .orElse(0L);
    }

    /** Whether the armed canary is on its way home, or is about to be sent there by the guard. */
    boolean goesHome() {
        return armed.filter(record -> record.stage() != Armed.Stage.confirmed)
                .filter(record -> leaseDeadline() == 0
                        || homeward.filter(mark -> mark.concerns(record)).isPresent())
                .isPresent();
    }

    /** Why the armed canary goes home; empty when root has not said so, or it stays. */
    String whyHomeward() {
        return armed.flatMap(record -> homeward.filter(mark -> mark.concerns(record)))
                .map(Mark::message)
                .orElse("");
    }

    /**
     * Root's mark that a canary goes home.
     *
     * @param operation the operation that is taken home; empty text for any
     * @param message why
     */
    record Mark(String operation, String message) {
        static Mark parse(String text) {
            return KeyValues.parse(text)
                    .map(record -> new Mark(record.text("operation"), record.text("message")))
                    .orElse(new Mark("", ""));
        }

        boolean concerns(Armed record) {
            return operation.isEmpty() || operation.equals(record.operation().id());
        }
    }
}
