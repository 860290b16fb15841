package dev.qsc.quality;

import dev.qsc.quality.ReplaySettings.Mode;
import dev.qsc.quality.ReplayStep.End;
import dev.qsc.quality.ReplayStep.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Answers what a rollout would have done, had a recorded stream been live. The clock is that of the recording:
 *
 * <ol>
 *   <li>From the first entry that counts the gate is asked once in an interval, until it passes, blocks or times out.
 *   <li>The moment it passes is t0. Only entries after it count from here on.
 *   <li>The monitor checks at each slot's beginning, and in Continuous mode as events arrive, until the step is
 *       complete or would have been rolled back.
 *   <li>When the recording ends first, what came since the last check is still looked at.
 * </ol>
 *
 * <p>An entry counts for everything that happens at its own time or later. What is kept in memory does not grow with
 * the recording.
 */
public final class Replay {
    private static final Duration SHORTEST_GAP = Duration.ofMillis(250);

    private final ReplaySettings settings;
    private final Thresholds thresholds;
    private final Consumer<ReplayStep> steps;
    private final EventParser parser = new EventParser();

    private Replay(ReplaySettings settings, Thresholds thresholds, Consumer<ReplayStep> steps) {
        this.settings = settings;
        this.thresholds = thresholds;
        this.steps = steps;
    }

    /**
     * Replays a recording until the rollout is over; the entries after that are not read.
     *
     * @param entries oldest first
     * @param steps is told each step as it happens, the end included
     * @return the last step
     */
    public static End run(
            Iterator<StreamEntry> entries, ReplaySettings settings, Thresholds thresholds, Consumer<ReplayStep> steps) {
        End end = new Replay(settings, thresholds, steps).run(entries);
        steps.accept(end);
        return end;
    }

    /** A stretch of the rollout's life. */
    private sealed interface Stage permits Approach, AtGate, Watched, Over {
        /** Takes what was added to the stream. */
        void accept(StreamEntry entry);

        /** When something is to be done next. */
        Instant due();

        /** Does it, and says what comes after. */
        Stage act(Instant now);
    }

    private End run(Iterator<StreamEntry> entries) {
        StreamId first = settings.cutover().map(StreamId::firstAt).orElse(StreamId.ZERO);
        Instant now = first.time();
        Stage stage = null;
        while (entries.hasNext()) {
            StreamEntry entry = entries.next();
            if (first.isAfter(entry.id())) {
                continue;
            }
            now = entry.id().time();
            stage = stage == null ? begin(now) : stage;
            while (stage.due().isBefore(now)) {
                stage = stage.act(stage.due());
            }
            if (stage instanceof Over over) {
                return over.end();
            }
            stage.accept(entry);
        }
        return stage == null ? ended(now) : finish(stage, now);
    }

    private Stage begin(Instant now) {
        return settings.activatedAt().<Stage>map(Approach::new).orElseGet(() -> new AtGate(now));
    }

    private static End finish(Stage last, Instant now) {
        Stage stage = last;
        while (stage.due().isBefore(now)) {
            stage = stage.act(stage.due());
        }
        return (stage instanceof Approach ? stage : stage.act(now)) instanceof Over over ? over.end() : ended(now);
    }

    private static End ended(Instant now) {
        return new End(now, Outcome.RECORDING_ENDED, List.of(), "The recording ends here");
    }

    /** Before a given t0: learns the stream's pace. */
    private final class Approach implements Stage {
        private final RecentEvents recent = new RecentEvents(settings.maxEvents());
        private final Instant t0;

        Approach(Instant t0) {
            this.t0 = t0;
        }

        @Override
        public void accept(StreamEntry entry) {
            recent.append(parser.parse(entry));
        }

        @Override
        public Instant due() {
            return t0;
        }

        @Override
        public Stage act(Instant now) {
            return new Watched(now, recent.window());
        }
    }

    /** Asks the gate. */
    private final class AtGate implements Stage {
        private final RecentEvents recent = new RecentEvents(settings.maxEvents());
        private final Instant until;
        private Instant due;

        AtGate(Instant now) {
            this.until = now.plus(settings.gateTimeout());
            this.due = now;
        }

        @Override
        public void accept(StreamEntry entry) {
            recent.append(parser.parse(entry));
        }

        @Override
        public Instant due() {
            return due;
        }

        @Override
        public Stage act(Instant now) {
            due = now.plus(settings.interval());
            Window window = recent.window();
            GateResult result = Gate.judge(window, settings.gate(), thresholds);
            steps.accept(new ReplayStep.GateAsked(now, result));
            return switch (result.outcome()) {
                case BLOCKED -> over(now, Outcome.GATE_BLOCKED, result.violations());
                case PASSED ->
                    result.monitorWouldFail().isEmpty()
                            ? new Watched(now, window)
                            : over(now, Outcome.MONITOR_WOULD_FAIL, result.monitorWouldFail());
                case WAITING -> now.isBefore(until) ? this : over(now, Outcome.GATE_TIMED_OUT, result.violations());
            };
        }
    }

    /** Watches the canary. */
    private final class Watched implements Stage {
        private final RecentEvents recent = new RecentEvents(MonitorWindow.MAX_EVENTS);
        private final Instant t0;
        private final MonitorSettings monitor;
        private Watch watch;
        private Instant lastCheck;
        private Instant nextSlot;
        private Optional<Instant> news = Optional.empty();

        Watched(Instant t0, Window gate) {
            this.t0 = t0;
            this.monitor = settings.monitor().apply(gate);
            this.watch = Watch.of(Slots.begin(settings.plan(t0)), settings.tolerance());
            this.lastCheck = t0;
            this.nextSlot = t0.plus(settings.interval());
            steps.accept(new ReplayStep.Activated(t0, monitor.noDataTimeout()));
        }

        @Override
        public void accept(StreamEntry entry) {
            recent.append(parser.parse(entry));
            if (settings.mode() == Mode.CONTINUOUS && news.isEmpty()) {
                Instant time = entry.id().time();
                Instant earliest = lastCheck.plus(SHORTEST_GAP);
                news = Optional.of(time.isAfter(earliest) ? time : earliest);
            }
        }

        @Override
        public Instant due() {
            return news.filter(time -> time.isBefore(nextSlot)).orElse(nextSlot);
        }

        @Override
        public Stage act(Instant now) {
            lastCheck = now;
            news = Optional.empty();
            nextSlot = now.isBefore(nextSlot) ? nextSlot : nextSlot.plus(settings.interval());
            Window window = MonitorWindow.select(recent, monitor, now);
            CheckResult result = Monitor.check(window, monitor, thresholds, now, t0);
            Watch.Next next = watch.after(result, now);
            watch = next.watch();
            steps.accept(new ReplayStep.Checked(now, watch.slots().plan().slotOf(now), result, watch.slots()));
            return switch (next.decision()) {
                case Watch.Decision.GoOn goOn -> this;
                case Watch.Decision.Complete complete ->
                    over(
                            now,
                            Outcome.COMPLETED,
                            "All %d slots were judged healthy"
                                    .formatted(watch.slots().judged()));
                case Watch.Decision.Inconclusive inconclusive -> over(now, Outcome.INCONCLUSIVE, inconclusive.why());
                case Watch.Decision.RollBack rollBack -> over(now, Outcome.ROLLED_BACK, rollBack.violations());
            };
        }
    }

    private record Over(End end) implements Stage {
        @Override
        public void accept(StreamEntry entry) {
            throw new IllegalStateException("The rollout is over");
        }

        @Override
        public Instant due() {
            return Instant.MAX;
        }

        @Override
        public Stage act(Instant now) {
            return this;
        }
    }

    private static Stage over(Instant now, Outcome outcome, String why) {
        return new Over(new End(now, outcome, List.of(), why));
    }

    private static Stage over(Instant now, Outcome outcome, List<Violation> violations) {
        String why = violations.stream().map(Violation::toString).collect(Collectors.joining("; "));
        return new Over(new End(now, outcome, violations, why));
    }
}
