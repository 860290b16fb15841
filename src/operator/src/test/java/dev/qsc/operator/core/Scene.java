package dev.qsc.operator.core;

import dev.qsc.agent.api.Answer;
import dev.qsc.api.CanaryRollout;
import dev.qsc.api.CanaryRolloutSpec;
import dev.qsc.api.CanaryRolloutSpec.Acknowledge;
import dev.qsc.api.CanaryRolloutStatus;
import dev.qsc.api.Phase;
import dev.qsc.quality.CheckReport;
import dev.qsc.quality.CheckResult;
import dev.qsc.quality.Counters;
import dev.qsc.quality.Ensemble;
import dev.qsc.quality.GateResult;
import dev.qsc.quality.Ratio;
import dev.qsc.quality.Rule;
import dev.qsc.quality.StreamId;
import dev.qsc.quality.Violation;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A rollout, one host and a judge in memory, and a clock that only the test moves. {@link #step} is one turn of the
 * reconciler: observe, decide, store, act.
 */
final class Scene {
    static final Instant START = Instant.parse("2026-01-10T12:00:00Z");
    static final String UID = "0b6f7f9e-uid";

    Instant now = START;
    String holder = "leader-1";
    CanaryRolloutSpec spec = spec();
    CanaryRolloutStatus status;
    final Map<String, String> annotations = new HashMap<>();
    boolean isDeleted;
    Memory memory;
    final SimulatedHost host = new SimulatedHost("host-a");
    HostObservation.Sent last;
    JudgeReport report;
    /** What the judge works on. */
    JudgeOrder order;
    /** What it has worked off. */
    final List<JudgeOrder> orders = new ArrayList<>();

    JudgeOutcome gate = gate(250);
    JudgeOutcome position = new JudgeOutcome.PositionRead(new StreamId(1, 0), START, true);
    JudgeOutcome check = pass();
    Decision decision;
    final List<HostCommand> sent = new ArrayList<>();
    final List<Notice> notices = new ArrayList<>();
    final List<Phase> phases = new ArrayList<>();

    /** One turn; commands reach the host unless it cannot be reached. */
    Decision step() {
        host.tick(now);
        decision = RolloutMachine.decide(observation());
        status = decision.status();
        memory = decision.memory();
        notices.addAll(decision.notices());
        if (phases.isEmpty() || phases.getLast() != status.phase()) {
            phases.add(status.phase());
        }
        for (HostCommand command : decision.commands()) {
            sent.add(command);
            last = new HostObservation.Sent(command, host.take(command, now), now);
        }
        if (decision.judge() != null) {
            order = decision.judge();
        }
        if (!decision.isJudging()) {
            order = null;
        }
        judge();
        return decision;
    }

    /** Reports on the order, or keeps the vigil that it asks for. */
    private void judge() {
        Instant at = now.plusMillis(5);
        boolean isOver =
                switch (order) {
                    case null -> false;
                    case JudgeOrder.Check check
                    when check.vigil() != null ->
                        !at.isBefore(check.vigil().until())
                                || (this.check instanceof JudgeOutcome.Checked(var result)
                                        && check.vigil().isEndedBy(result));
                    default -> true;
                };
        if (isOver) {
            orders.add(order);
            report = new JudgeReport(order, at, outcome(order));
            order = null;
        }
    }

    Observation observation() {
        CanaryRollout rollout = new CanaryRollout();
        rollout.setMetadata(new ObjectMetaBuilder()
                .withNamespace("trading")
                .withName("patchtst")
                .withUid(UID)
                .withGeneration(1L)
                .withAnnotations(Map.copyOf(annotations))
                .withDeletionTimestamp(isDeleted ? now.toString() : null)
                .build());
        rollout.setSpec(spec);
        rollout.setStatus(status);
        return new Observation(
                rollout,
                List.of(new HostObservation(host.name(), host.look(now), last)),
                new JudgeView(report, order != null),
                memory,
                holder,
                now);
    }

    /** Turns, each a little later, until the phase is reached. */
    Scene until(Phase phase) {
        for (int i = 0; i < 5_000; i++) {
            if (status != null && status.phase() == phase) {
                return this;
            }
            step();
            pass(Duration.ofMillis(500));
        }
        throw new AssertionError("never reached " + phase + ", is " + status.phase() + ": " + ready().getMessage());
    }

    /** Turns for a while. */
    Scene forAWhile(Duration duration) {
        for (Instant end = now.plus(duration); now.isBefore(end); ) {
            step();
            pass(Duration.ofMillis(500));
        }
        return this;
    }

    void pass(Duration duration) {
        now = now.plus(duration);
    }

    /** The process ends and another one takes over: what was not stored is gone. */
    void restartOperator() {
        memory = null;
        last = null;
        report = null;
        order = null;
        holder = holder + "x";
    }

    void change(UnaryOperator<CanaryRolloutSpec> edit) {
        spec = edit.apply(spec);
    }

    Condition ready() {
        return condition("Ready").orElseThrow();
    }

    Optional<Condition> condition(String type) {
        return status.conditions().stream()
                .filter(c -> c.getType().equals(type))
                .findFirst();
    }

    <C extends HostCommand> List<C> sent(Class<C> kind) {
        return sent.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private JudgeOutcome outcome(JudgeOrder order) {
        return switch (order) {
            case JudgeOrder.Gate g -> gate;
            case JudgeOrder.Position p -> position;
            case JudgeOrder.Check c -> check;
        };
    }

    static JudgeOutcome gate(int events) {
        List<Violation> missing =
                events >= 200 ? List.of() : List.of(Violation.of(Rule.INSUFFICIENT_EVENTS, events + " events", "<200"));
        return new JudgeOutcome.GateJudged(
                new GateResult(new Counters(0, 0, 0, events), List.of(), Optional.empty(), missing, List.of(), 200),
                Duration.ofMinutes(5));
    }

    static JudgeOutcome pass() {
        return new JudgeOutcome.Checked(new CheckResult.Pass(report()));
    }

    static JudgeOutcome notJudged() {
        return new JudgeOutcome.Checked(new CheckResult.NotJudged("12 of 200 samples", report()));
    }

    static JudgeOutcome fail(Rule rule) {
        return new JudgeOutcome.Checked(
                new CheckResult.Fail(List.of(Violation.of(rule, "patchtst", "conf_std=0.0412", "<0.05")), report()));
    }

    /** A check that passes with this agreement of the ensemble, in percent. */
    static JudgeOutcome agreeing(int percent) {
        var ensemble = new Ensemble(250, Ratio.of(percent, 100), Ratio.of(1, 100));
        return new JudgeOutcome.Checked(new CheckResult.Pass(
                new CheckReport(new Counters(0, 0, 0, 250), List.of(), Optional.of(ensemble), List.of())));
    }

    private static CheckReport report() {
        return new CheckReport(new Counters(0, 0, 0, 250), List.of(), Optional.empty(), List.of());
    }

    /** The same in mode Continuous. */
    static CanaryRolloutSpec continuous(CanaryRolloutSpec s) {
        return continuous(
                s, s.monitor().interval(), s.monitor().failures(), s.monitor().of());
    }

    static CanaryRolloutSpec continuous(CanaryRolloutSpec s, String interval, int failures, int of) {
        var m = s.monitor();
        return with(
                s,
                new CanaryRolloutSpec.Monitor(
                        interval,
                        m.window(),
                        m.minSamples(),
                        failures,
                        of,
                        m.warmup(),
                        m.noDataTimeout(),
                        m.minVoters(),
                        m.models(),
                        CanaryRolloutSpec.MonitorMode.Continuous));
    }

    /** 10 % for 30 s in slots of 1 s, everything else as the API server fills it in. */
    static CanaryRolloutSpec spec() {
        return new CanaryRolloutSpec(
                "patchtst",
                new CanaryRolloutSpec.Engine("quantum-ai_engine.service", List.of("host-a"), 1, "1m", Acknowledge.None),
                null,
                List.of(new CanaryRolloutSpec.Step(10, "30s", null)),
                null,
                new CanaryRolloutSpec.Telemetry(
                        new CanaryRolloutSpec.Redis(
                                new CanaryRolloutSpec.UrlSecretRef("redis", "url"), "quantum:stream:trade.intent"),
                        null),
                new CanaryRolloutSpec.Gate(200, 200, 2000, CanaryRolloutSpec.Models.All, "6h"),
                new CanaryRolloutSpec.Monitor(
                        "1s",
                        "30m",
                        200,
                        1,
                        1,
                        null,
                        null,
                        3,
                        CanaryRolloutSpec.Models.CanaryOnly,
                        CanaryRolloutSpec.MonitorMode.Interval),
                null,
                new CanaryRolloutSpec.Rollback("6s"),
                new CanaryRolloutSpec.Promotion(CanaryRolloutSpec.PromotionMode.Manual),
                CanaryRolloutSpec.ReadyWhen.Monitoring,
                false,
                false);
    }

    static CanaryRolloutSpec with(CanaryRolloutSpec s, String model, Boolean dryRun, Boolean paused) {
        return new CanaryRolloutSpec(
                model,
                s.engine(),
                s.baseline(),
                s.steps(),
                s.cutover(),
                s.telemetry(),
                s.gate(),
                s.monitor(),
                s.thresholds(),
                s.rollback(),
                s.promotion(),
                s.readyWhen(),
                dryRun,
                paused);
    }

    private static CanaryRolloutSpec with(CanaryRolloutSpec s, CanaryRolloutSpec.Monitor monitor) {
        return new CanaryRolloutSpec(
                s.model(),
                s.engine(),
                s.baseline(),
                s.steps(),
                s.cutover(),
                s.telemetry(),
                s.gate(),
                monitor,
                s.thresholds(),
                s.rollback(),
                s.promotion(),
                s.readyWhen(),
                s.dryRun(),
                s.paused());
    }

    static Answer<?> unreachable() {
        return new Answer.Unreachable<>("nothing accepts connections");
    }
}
