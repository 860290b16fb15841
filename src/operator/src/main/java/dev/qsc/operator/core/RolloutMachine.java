package dev.qsc.operator.core;

import dev.qsc.agent.api.Answer;
import dev.qsc.agent.api.CanaryState;
import dev.qsc.agent.api.Problem;
import dev.qsc.agent.api.RolloutRef;
import dev.qsc.agent.api.UnitState;
import dev.qsc.agent.api.Weights;
import dev.qsc.api.CanaryRollout;
import dev.qsc.api.CanaryRolloutSpec;
import dev.qsc.api.CanaryRolloutSpec.Acknowledge;
import dev.qsc.api.CanaryRolloutStatus;
import dev.qsc.api.CanaryRolloutStatus.OperationKind;
import dev.qsc.api.Phase;
import dev.qsc.quality.CheckResult;
import dev.qsc.quality.GateResult;
import dev.qsc.quality.Rule;
import dev.qsc.quality.Scoreboard;
import dev.qsc.quality.Slots;
import dev.qsc.quality.Standing;
import dev.qsc.quality.StreamId;
import dev.qsc.quality.Violation;
import dev.qsc.quality.Watch;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decides what happens next with a rollout. Pure and total: every phase has an answer to every observation, and asking
 * twice changes nothing.
 *
 * <ol>
 *   <li>What interrupts every phase comes first: deletion, a changed spec, commands by annotation. If a canary may be
 *       active, each of them takes it out before anything else.
 *   <li>Then the phase itself: Pending, Gating, Activating, Monitoring, AwaitingPromotion, Promoting, RollingBack. The
 *       others rest until an interruption.
 *   <li>What cannot be undone takes two decisions: the first stores the operation ({@link Decision#intent}), the second
 *       finds it stored and sends it. A host that has heard of an operation never acts on it twice, so sending it again
 *       is safe, and an answer that got lost is found by asking.
 *   <li>Rolling back takes one decision: it is sent at once and stored afterwards.
 * </ol>
 *
 * Invariants: a canary is put on a host only by an operation that is stored; a lease is renewed only while somebody
 * judges; nothing is called active, promoted or rolled back that its host did not prove.
 */
public final class RolloutMachine {
    /** A gate's verdict is good for so long. */
    static final Duration GATE_VALIDITY = Duration.ofMinutes(10);

    /** A host whose lease ended so long ago is home, or cannot be helped by waiting. */
    static final Duration HOME_ALONE = Duration.ofSeconds(60);

    /** How soon to look again while hosts are at work. */
    private static final Duration SOON = Duration.ofSeconds(1);

    private static final int HISTORY = 10;

    /** What systemd calls an engine that runs. */
    private static final Set<String> RUNS = Set.of("active", "reloading", "refreshing");

    private static final String AGAIN = "; when that has changed, take the annotation away and set it again";

    private final Observation seen;
    private final ObjectMeta meta;
    private final Instant now;
    private final Plan plan;
    private final RolloutRef ref;
    private final CanaryRolloutSpec.Thresholds thresholds;
    private final String specHash;

    private final Draft draft;
    private final Requests requests;
    private final List<HostCommand> commands = new ArrayList<>();
    private final List<Notice> notices = new ArrayList<>();
    private Memory memory;
    private JudgeOrder order;
    private boolean intent;
    private boolean release;
    private Instant wakeAt;
    private Reason reason;
    private String message = "";

    private RolloutMachine(Observation observation) {
        seen = observation;
        meta = observation.rollout().getMetadata();
        now = observation.now();
        plan = Plan.of(observation.rollout().getSpec());
        ref = observation.ref();
        thresholds = Plan.resolve(plan.spec().thresholds());
        specHash = Identity.specHash(plan.spec(), thresholds);
        draft = Draft.of(observation.rollout().getStatus());
        requests = new Requests(ref, plan, draft);
        memory = observation.memory();
        wakeAt = now.plus(plan.interval());
    }

    /** What follows from an observation. */
    public static Decision decide(Observation observation) {
        return new RolloutMachine(observation).decide();
    }

    /**
     * The hosts that a decision has to see: those of the spec and, while a canary may be out there, those that the
     * status names, since a changed spec must not make anybody forget them.
     */
    public static List<String> hosts(CanaryRollout rollout) {
        Draft stored = Draft.of(rollout.getStatus());
        boolean mayBeOut = stored.phase != null && (mayHaveCanary(stored.phase) || stored.phase == Phase.RollingBack);
        Stream<String> named = mayBeOut ? stored.hosts.stream().map(CanaryRolloutStatus.Host::name) : Stream.empty();
        return Stream.concat(rollout.getSpec().engine().hosts().stream(), named)
                .distinct()
                .toList();
    }

    private Decision decide() {
        if (!interrupted()) {
            switch (draft.phase) {
                case Pending -> prepare();
                case Gating -> gate();
                case Activating -> activate();
                case Monitoring, AwaitingPromotion -> watch();
                case Promoting -> promote();
                case RollingBack -> goHome();
                case GateFailed, DryRunPassed, Promoted, RolledBack, Failed -> rest();
            }
        }
        return decision();
    }

    // What interrupts every phase

    private boolean interrupted() {
        if (draft.phase == null) {
            begin(1);
        }
        if (draft.phase == Phase.RollingBack) {
            return commanded();
        }
        boolean hasStray = !mayHaveCanary(draft.phase) && seen.hasCanary();
        boolean mayHaveCanary = mayHaveCanary(draft.phase) || hasStray;
        boolean isDeleted = seen.isDeleted();
        boolean isChanged = !specHash.equals(draft.specHash);
        if (isDeleted && !mayHaveCanary) {
            release = true;
            return true;
        }
        if (isDeleted) {
            rollBack(Reason.Deleted, "deleted", "The rollout is being deleted");
        } else if (hasStray) {
            rollBack(
                    Reason.RollingBack,
                    "stray_canary",
                    "A host has a canary of this rollout that no operation accounts for");
        } else if (isChanged && mayHaveCanary) {
            rollBack(Reason.SpecChanged, "spec_changed", "The spec changed while the canary was active");
        } else if (mayHaveCanary && isTrue(plan.spec().dryRun())) {
            rollBack(Reason.SpecChanged, "dry_run", "The spec now asks for a dry run");
        } else {
            if (isChanged) {
                begin(draft.attempt);
            }
            return commanded();
        }
        return true;
    }

    /**
     * One command per decision: rollback beats retry beats promote. A value is answered once; one that was refused can
     * be given again after its annotation was taken away.
     */
    private boolean commanded() {
        if (seen.annotation("retry") == null) {
            draft.lastHandledRetry = null;
        }
        if (seen.annotation("promote") == null) {
            draft.lastHandledPromote = null;
        }
        String rollback = seen.annotation("rollback");
        if (rollback != null && !rollback.equals(draft.lastHandledRollback)) {
            draft.lastHandledRollback = rollback;
            return rollBackByCommand();
        }
        String retry = seen.annotation("retry");
        if (retry != null && !retry.equals(draft.lastHandledRetry)) {
            draft.lastHandledRetry = retry;
            return retryByCommand(retry);
        }
        String promote = seen.annotation("promote");
        if (promote != null
                && !promote.equals(draft.lastHandledPromote)
                && unrecorded().isEmpty()) {
            draft.lastHandledPromote = promote;
            return promoteByCommand(promote);
        }
        return false;
    }

    private boolean rollBackByCommand() {
        switch (draft.phase) {
            case Activating, Monitoring, AwaitingPromotion, Promoting ->
                rollBack(Reason.Manual, "manual", "Somebody asked for the rollback");
            case Pending, Gating ->
                settle(Phase.RolledBack, Reason.Manual, "Rolled back by command before a canary was active");
            default -> {
                refuse("rollback", "there is no canary to roll back in phase " + draft.phase);
                return false;
            }
        }
        return true;
    }

    private boolean retryByCommand(String value) {
        boolean mayRetry =
                switch (draft.phase) {
                    case GateFailed, RolledBack, Failed, DryRunPassed -> true;
                    default -> false;
                };
        if (!isCurrent("retry", value)) {
            return false;
        }
        if (!mayRetry) {
            refuse("retry", "only an attempt that ended can be tried again, and this one is in phase " + draft.phase);
            return false;
        }
        begin(draft.attempt + 1);
        return false;
    }

    private boolean promoteByCommand(String value) {
        if (!isCurrent("promote", value)) {
            return false;
        }
        if (draft.phase != Phase.AwaitingPromotion) {
            refuse(
                    "promote",
                    "only a rollout in phase AwaitingPromotion can be promoted, and this one is in phase " + draft.phase
                            + AGAIN);
            return false;
        }
        if (seen.isPaused()) {
            refuse("promote", "the rollout is paused" + AGAIN);
            return false;
        }
        announce(OperationKind.Promote, Phase.Promoting, Reason.Promoting, "Promotion was asked for");
        return true;
    }

    private boolean isCurrent(String command, String value) {
        if (value.equals(draft.attemptId)) {
            return true;
        }
        refuse(command, "its value '" + value + "' is not the current attempt id " + draft.attemptId);
        return false;
    }

    private void refuse(String command, String why) {
        notices.add(new Notice(Reason.CommandRefused, "qsc.dev/" + command + " is refused: " + why, true));
    }

    // Pending

    private void begin(long attempt) {
        draft.forgetAttempt();
        memory = null;
        draft.specHash = specHash;
        draft.attempt = attempt;
        draft.attemptId = Identity.attemptId(ref.uid(), specHash, attempt);
        draft.thresholds = thresholds;
        enter(Phase.Pending, Reason.AttemptStarted, "Attempt " + attempt + " (" + draft.attemptId + ") begins");
    }

    private void prepare() {
        if (!areHostsFit()) {
            return;
        }
        Optional<Fitness.Fault> fault = Fitness.ofBaseline(seen.units().toList(), plan);
        if (fault.isPresent()) {
            settle(Phase.GateFailed, fault.get().reason(), fault.get().message());
            return;
        }
        draft.cutover = cutover();
        draft.gate = new CanaryRolloutStatus.Gate("WAIT", null, now, null, null, null, null, null);
        enter(Phase.Gating, Reason.Gating, "The gate reads events since " + draft.cutover);
        order = gateOrder();
    }

    private boolean areHostsFit() {
        Optional<Fitness.Fault> fault = Fitness.ofHosts(seen.hosts(), plan);
        fault.ifPresent(f -> waitFor(f.reason(), f.message()));
        return fault.isEmpty();
    }

    private Instant cutover() {
        return Optional.ofNullable(plan.spec().cutover())
                .orElseGet(() -> seen.units()
                        .map(unit -> unit.engine().activeEnterTimestamp())
                        .filter(Objects::nonNull)
                        .max(Instant::compareTo)
                        .orElse(now));
    }

    // Gating

    private void gate() {
        Instant until = draft.gate.startedAt().plus(plan.gateTimeout());
        if (!areHostsFit()) {
            gateTimesOut(until);
            return;
        }
        JudgeOrder.Gate due = gateOrder();
        Optional<JudgeReport> report = report().filter(r -> r.order().equals(due));
        if (report.isEmpty() || !now.isBefore(report.get().finishedAt().plus(plan.interval()))) {
            order = due;
        }
        switch (report.map(JudgeReport::outcome).orElse(null)) {
            case JudgeOutcome.GateJudged judged -> judged(judged, report.get().finishedAt(), due.invocations(), until);
            case JudgeOutcome.Failed(String sentence) -> {
                waitFor(Reason.TelemetryUnavailable, sentence + "; the gate waits until " + until);
                gateTimesOut(until);
            }
            case null, default -> {
                waitFor(Reason.Gating, "The gate reads events since " + draft.cutover);
                gateTimesOut(until);
            }
        }
    }

    private JudgeOrder.Gate gateOrder() {
        return new JudgeOrder.Gate(
                draft.attemptId,
                draft.cutover,
                plan.spec().gate().maxEvents(),
                seen.invocations(),
                plan.gate(),
                Plan.thresholds(draft.thresholds));
    }

    private void judged(
            JudgeOutcome.GateJudged judged, Instant judgedAt, Map<String, String> invocations, Instant until) {
        GateResult result = judged.result();
        draft.gate = Reports.gate(result, draft.gate.startedAt(), judgedAt, invocations);
        switch (result.outcome()) {
            case BLOCKED -> {
                violated(result.violations());
                settle(Phase.GateFailed, Reason.GateViolation, Words.sentences(result.violations()));
            }
            case WAITING -> {
                waitFor(
                        Reason.InsufficientEvidence,
                        Words.sentences(result.violations()) + "; the gate waits until " + until);
                gateTimesOut(until);
            }
            case PASSED -> passed(result, judged.noDataTimeout());
        }
    }

    private void passed(GateResult result, Duration noDataTimeout) {
        List<Violation> wouldFail = result.monitorWouldFail();
        Optional<Fitness.Fault> fault = Fitness.ofBaseline(seen.units().toList(), plan);
        if (fault.isPresent()) {
            settle(Phase.GateFailed, fault.get().reason(), fault.get().message());
        } else if (!wouldFail.isEmpty()) {
            violated(wouldFail);
            settle(
                    Phase.GateFailed,
                    Reason.MonitorWouldFail,
                    "The first check would roll back: " + Words.sentences(wouldFail)
                            + "; change the thresholds if the ensemble is meant to vote so");
        } else if (isTrue(plan.spec().dryRun())) {
            settle(
                    Phase.DryRunPassed,
                    Reason.DryRunPassed,
                    "The gate passed on " + result.counters().usable() + " events; set dryRun: false to activate");
        } else if (seen.isPaused()) {
            waitFor(Reason.Paused, "The gate passed; the rollout is paused and activates when the pause is taken away");
        } else {
            arm(noDataTimeout);
        }
    }

    private void gateTimesOut(Instant until) {
        if (!now.isBefore(until)) {
            settle(
                    Phase.GateFailed,
                    Reason.GateTimeout,
                    "Not passed within " + plan.spec().gate().timeout() + ": " + message);
        }
    }

    private void arm(Duration noDataTimeout) {
        UnitState.Baseline baseline = seen.units().findFirst().orElseThrow().baseline();
        Weights after = Fitness.weights(baseline.weights(), plan);
        draft.canary = Canaries.armed(plan, baseline, after, noDataTimeout, now);
        announce(
                OperationKind.Activate,
                Phase.Activating,
                Reason.Activating,
                "The gate passed on " + draft.gate.events() + " events; "
                        + plan.spec().model() + " gets " + plan.step().weight() + "%");
    }

    // Activating

    private void activate() {
        if (!leads()) {
            return;
        }
        Map<Stand, List<HostObservation>> stands = stands();
        if (stands.containsKey(Stand.Lost)) {
            fellBack(stands.get(Stand.Lost).getFirst(), Reason.ActivationFailed, "activation_failed");
        } else if (stands.containsKey(Stand.Occupied)) {
            begin(draft.attempt);
        } else if (stands.containsKey(Stand.Refused) || refusal().isPresent()) {
            refused(stands);
        } else if (isUntouched(stands) && !isGateGood()) {
            draft.operation = null;
            draft.canary = null;
            enter(
                    Phase.Gating,
                    Reason.Gating,
                    "The gate's verdict is too old, or an engine restarted since; it judges again");
        } else {
            wakeAt = now.plus(SOON);
            if (hosts(stands, Stand.There).size() == seen.hosts().size()) {
                locate();
            } else {
                waitFor(Reason.Activating, "Waits for " + Words.describe(seen.hosts()));
                putNext(stands);
            }
            activationTimesOut();
        }
    }

    private void activationTimesOut() {
        Instant until = draft.operation.startedAt().plus(plan.startTimeout());
        if (draft.phase == Phase.Activating && !now.isBefore(until)) {
            rollBack(
                    Reason.ActivationFailed,
                    "activation_failed",
                    "Not active within " + plan.spec().engine().startTimeout() + ": " + message);
        }
    }

    private void putNext(Map<Stand, List<HostObservation>> stands) {
        renew(hosts(stands, Stand.Underway, Stand.There));
        long atWork = stands.getOrDefault(Stand.Underway, List.of()).size();
        stands.getOrDefault(Stand.Untouched, List.of()).stream()
                .limit(Math.max(0, plan.spec().engine().maxUnavailable() - atWork))
                .forEach(host -> commands.add(requests.put(host.name(), done(host))));
    }

    private boolean isUntouched(Map<Stand, List<HostObservation>> stands) {
        return Stream.of(Stand.Underway, Stand.There, Stand.Unseen).noneMatch(stands::containsKey);
    }

    private boolean isGateGood() {
        boolean isFresh = now.isBefore(draft.gate.judgedAt().plus(GATE_VALIDITY));
        return isFresh && seen.invocations().equals(draft.gate.invocations());
    }

    /** Every host is there: where the stream stands now is where the canary's own events begin. */
    private void locate() {
        waitFor(Reason.Activating, "Every host runs the canary; waits for the stream's position");
        renew(seen.hosts());
        if (plan.spec().engine().acknowledge() == Acknowledge.Notify && !areAcknowledged()) {
            waitFor(
                    Reason.Activating,
                    "Every host runs the canary; waits until the engines acknowledge the digest "
                            + draft.canary.digestAfter() + " by sd_notify");
            return;
        }
        String digest = plan.spec().engine().acknowledge() == Acknowledge.Event ? draft.canary.digestAfter() : null;
        JudgeOrder.Position due = new JudgeOrder.Position(draft.attemptId, draft.operation.id(), digest);
        Optional<JudgeReport> report = report().filter(r -> r.order().equals(due));
        switch (report.map(JudgeReport::outcome).orElse(null)) {
            case JudgeOutcome.PositionRead(StreamId lastId, Instant time, boolean acknowledged)
            when acknowledged -> beginWatch(lastId, time, report.get().finishedAt());
            case JudgeOutcome.PositionRead unacknowledged -> {
                waitFor(
                        Reason.Activating,
                        "Every host runs the canary; waits for an event that acknowledges the digest " + digest);
                order = due;
            }
            case JudgeOutcome.Failed(String sentence) -> {
                waitFor(Reason.TelemetryUnavailable, sentence);
                order = due;
            }
            case null, default -> order = due;
        }
    }

    private boolean areAcknowledged() {
        return seen.units()
                .allMatch(
                        unit -> draft.canary.digestAfter().equals(unit.engine().acknowledgedDigest()));
    }

    private void beginWatch(StreamId lastId, Instant time, Instant t0) {
        draft.canary = Canaries.located(draft.canary, lastId, time, t0, plan.slotsRequired());
        memory = null;
        enter(
                Phase.Monitoring,
                Reason.Monitoring,
                draft.canary.model() + " runs at " + draft.canary.percent() + "% and is watched for "
                        + plan.step().duration());
        wakeAt = now;
    }

    // Monitoring and AwaitingPromotion: both watch

    private void watch() {
        if (!leads()) {
            return;
        }
        memory = remember();
        Watch.Decision verdict = absorb();
        List<Violation> atHosts =
                seen.hosts().stream().flatMap(host -> atHost(host).stream()).toList();
        if (!atHosts.isEmpty()) {
            violatedAndBack(atHosts);
            return;
        }
        switch (verdict) {
            case Watch.Decision.RollBack(List<Violation> violations) -> violatedAndBack(violations);
            case Watch.Decision.Inconclusive(String why)
            when draft.phase == Phase.Monitoring -> rollBack(Reason.Inconclusive, "qsc_monitor_inconclusive", why);
            case Watch.Decision.Complete complete when draft.phase == Phase.Monitoring -> complete();
            default -> goOn();
        }
    }

    private void goOn() {
        if (draft.phase == Phase.AwaitingPromotion) {
            waitFor(Reason.AwaitingPromotion, "Every step is complete; " + promotion());
        } else {
            waitFor(Reason.Monitoring, plan.spec().model() + " runs at " + draft.canary.percent() + "% and is watched");
        }
        orderCheck();
        keepLease();
        saveProgress();
    }

    private String promotion() {
        if (seen.isPaused()) {
            return "the rollout is paused, so it cannot be promoted";
        }
        if (!unrecorded().isEmpty()) {
            return "before it can be promoted, the end of the watch must be in the ledger of "
                    + String.join(", ", unrecorded());
        }
        return "promote with kubectl annotate canaryrollout " + ref.name() + " -n " + ref.namespace()
                + " --overwrite qsc.dev/promote=" + draft.attemptId;
    }

    private Memory remember() {
        String operation = draft.operation.id();
        if (memory != null && memory.operationId().equals(operation)) {
            return memory.heardFrom(seen.hosts());
        }
        CanaryRolloutStatus.Slots slots = draft.canary.slots();
        Slots resumed =
                Slots.resume(plan.slots(draft.canary.verifiedAt()), slots.judged(), slots.unjudged(), slots.last());
        return Memory.begin(operation, Watch.of(resumed, plan.tolerance()), draft.canary, now);
    }

    /** Takes in the last check, once. */
    private Watch.Decision absorb() {
        JudgeReport report = report().orElse(null);
        if (report == null
                || !report.finishedAt().isAfter(memory.finishedAt())
                || !(report.order() instanceof JudgeOrder.Check check)
                || !check.operationId().equals(draft.operation.id())) {
            return new Watch.Decision.GoOn();
        }
        CheckResult result =
                switch (report.outcome()) {
                    case JudgeOutcome.Checked(CheckResult checked) -> checked;
                    case JudgeOutcome.Failed(String sentence) -> new CheckResult.JudgeError(sentence);
                    case JudgeOutcome other -> new CheckResult.JudgeError("the judge answered another question");
                };
        Instant at = report.finishedAt();
        Watch.Next next = memory.watch().after(result, at);
        long slot = check.vigil() == null ? check.slot() : slotOf(at);
        memory = memory.checked(
                next.watch(),
                Reports.check(result, at),
                Reports.scoreboard(Scoreboard.of(result, check.settings().minSamples(), check.thresholds(), at)),
                slot);
        return next.decision();
    }

    private List<Violation> atHost(HostObservation host) {
        if (!(host.unit() instanceof Answer.Done<UnitState>(UnitState unit))) {
            boolean isLost = !now.isBefore(memory.heard(host.name()).plus(plan.lease()));
            return isLost
                    ? List.of(Violation.of(
                            Rule.HOST_LOST,
                            host.name() + " was not heard of for "
                                    + plan.spec().rollback().leaseDuration() + ": " + Words.whyUnseen(host),
                            ""))
                    : List.of();
        }
        if (Stand.of(host, ref.uid(), draft.operation) != Stand.There || unit.canary() == null) {
            return List.of(
                    Violation.of(Rule.CANARY_LOST, host.name() + " is " + unit.state() + ": " + unit.message(), ""));
        }
        if (!RUNS.contains(unit.engine().activeState())) {
            return List.of(Violation.of(
                    Rule.CANARY_LOST,
                    unit.unit() + " on " + host.name() + " is " + unit.engine().activeState() + ", not active",
                    ""));
        }
        if (!Objects.equals(unit.canary().invocationId(), unit.engine().invocationId())) {
            return List.of(Violation.of(
                    Rule.ENGINE_RESTARTED,
                    unit.unit() + " on " + host.name() + " was started anew, but not by us",
                    ""));
        }
        return List.of();
    }

    private void violatedAndBack(List<Violation> violations) {
        violated(violations);
        rollBack(Reason.Violation, "qsc_monitor_violation", Words.sentences(violations));
    }

    private void complete() {
        draft.canary = Canaries.progressed(draft.canary, memory, now);
        enter(
                Phase.AwaitingPromotion,
                Reason.AwaitingPromotion,
                "The step is complete: " + draft.canary.slots().judged() + " of "
                        + draft.canary.slots().total() + " slots judged, no violation");
        recordCompletion();
    }

    /**
     * One check for each slot. In mode Continuous the rest of the slot is a vigil, and what that finds at its end is
     * the next slot's check.
     */
    private void orderCheck() {
        long slot = slotOf(now);
        boolean isDue = slot > memory.checkedSlot();
        wakeAt = draft.canary.verifiedAt().plus(plan.interval().multipliedBy(slot + 1));
        if ((isDue || plan.isContinuous()) && !seen.judge().busy()) {
            order = check(slot, isDue ? null : new JudgeOrder.Vigil(wakeAt, found(slot)));
            memory = memory.ordered(slot);
        }
    }

    private JudgeOrder.Check check(long slot, JudgeOrder.Vigil vigil) {
        return new JudgeOrder.Check(
                draft.attemptId,
                draft.operation.id(),
                slot,
                StreamId.parse(draft.canary.sinceId()),
                draft.canary.sinceTime(),
                plan.monitor(draft.canary.noDataTimeout()),
                Plan.thresholds(draft.thresholds),
                vigil);
    }

    /** The verdict of the slot's last check. */
    private Standing found(long slot) {
        CanaryRolloutStatus.Check last = memory.lastCheck();
        return Stream.of(Standing.values())
                .filter(standing -> last != null
                        && slotOf(last.time()) == slot
                        && standing.title().equals(last.verdict()))
                .findFirst()
                .orElse(Standing.WAIT);
    }

    private long slotOf(Instant moment) {
        return memory.watch().slots().plan().slotOf(moment);
    }

    /** Renews while somebody judges; else the hosts go home when the lease ends. */
    private void keepLease() {
        boolean isJudging =
                now.isBefore(memory.finishedAt().plus(plan.interval().multipliedBy(2)));
        if (isJudging) {
            renew(seen.hosts());
        }
        if (draft.phase == Phase.AwaitingPromotion) {
            recordCompletion();
        }
        wakeAt = earlier(wakeAt, now.plus(pace()));
    }

    private void recordCompletion() {
        unrecorded().stream()
                .filter(host -> commands.stream().noneMatch(c -> c.host().equals(host)))
                .forEach(host -> commands.add(requests.conclude(host)));
    }

    /** Hosts of a completed step that did not say yet that its end is in their ledger. */
    private List<String> unrecorded() {
        if (draft.phase != Phase.AwaitingPromotion) {
            return List.of();
        }
        boolean isKnown = memory != null && memory.operationId().equals(draft.operation.id());
        Set<String> recorded = isKnown ? memory.heardFrom(seen.hosts()).recorded() : Set.of();
        return seen.hosts().stream()
                .map(HostObservation::name)
                .filter(host -> !recorded.contains(host))
                .toList();
    }

    /** How often a lease is renewed: a few renewals may get lost. */
    private Duration pace() {
        return plan.lease().dividedBy(6);
    }

    private void renew(List<HostObservation> hosts) {
        for (HostObservation host : hosts) {
            boolean isDue = memory == null || memory.isRenewalDue(host.name(), now, pace());
            if (isDue && host.unit() instanceof Answer.Done<UnitState>(UnitState unit) && unit.canary() != null) {
                commands.add(requests.renew(host.name(), unit));
            }
        }
    }

    /** Puts the progress into the status: on the heartbeat, at once when a verdict turned, and at the end. */
    private void saveProgress() {
        if (now.isBefore(memory.savedAt().plus(plan.heartbeat()))) {
            return;
        }
        draft.canary = Canaries.progressed(draft.canary, memory, draft.canary.completedAt());
        memory = memory.saved(now);
    }

    // Promoting

    private void promote() {
        if (!leads()) {
            return;
        }
        Map<Stand, List<HostObservation>> stands = stands();
        List<HostObservation> there = stands.getOrDefault(Stand.There, List.of());
        wakeAt = now.plus(SOON);
        if (stands.containsKey(Stand.Lost)) {
            fellBack(stands.get(Stand.Lost).getFirst(), Reason.PromotionFailed, "promotion_failed");
        } else if (stands.containsKey(Stand.Refused)
                || stands.containsKey(Stand.Occupied)
                || refusal().isPresent()) {
            rollBack(Reason.PromotionFailed, "promotion_failed", refusal().orElse(Words.describe(seen.hosts())));
        } else if (there.size() == seen.hosts().size()) {
            confirm(there);
        } else if (!now.isBefore(draft.operation.startedAt().plus(plan.startTimeout()))) {
            rollBack(
                    Reason.PromotionFailed,
                    "promotion_failed",
                    "Not every host was promoted within " + plan.spec().engine().startTimeout() + ": "
                            + Words.describe(seen.hosts()));
        } else {
            waitFor(Reason.Promoting, "Waits for " + Words.describe(seen.hosts()));
            memory = null;
            renew(hosts(stands, Stand.Underway, Stand.There));
            stands.getOrDefault(Stand.Untouched, List.of())
                    .forEach(host -> commands.add(requests.promote(host.name(), done(host))));
        }
    }

    private void confirm(List<HostObservation> hosts) {
        List<HostObservation> open =
                hosts.stream().filter(host -> done(host).canary() != null).toList();
        if (open.isEmpty()) {
            settle(
                    Phase.Promoted,
                    Reason.Promoted,
                    "Every host runs on the new baseline " + draft.canary.digestAfter());
            return;
        }
        waitFor(Reason.Promoting, "Every host is promoted; waits until the old baseline is forgotten");
        open.forEach(host -> commands.add(requests.confirm(host.name())));
    }

    // RollingBack

    private void fellBack(HostObservation host, Reason why, String trigger) {
        violated(List.of(
                Violation.of(Rule.CANARY_LOST, host.name() + ": " + done(host).message(), "")));
        rollBack(
                why,
                trigger,
                "Host " + host.name() + " is not where it was sent: "
                        + done(host).message());
    }

    /** Refused by a host, or by the agent's own words: if no engine was touched, there is nothing to roll back. */
    private void refused(Map<Stand, List<HostObservation>> stands) {
        String why = refusal().orElseGet(() -> Words.describe(stands.get(Stand.Refused)));
        if (Stream.of(Stand.Underway, Stand.There, Stand.Unseen).noneMatch(stands::containsKey)) {
            settle(Phase.Failed, Reason.ActivationRefused, why);
        } else {
            rollBack(Reason.ActivationFailed, "activation_failed", why);
        }
    }

    /** Sends everybody home now; storing it comes after. */
    private void rollBack(Reason why, String trigger, String sentence) {
        nextOperation(OperationKind.Rollback);
        draft.rollback = new CanaryRolloutStatus.Rollback(trigger, now, null, now.plus(plan.lease()));
        commands.clear();
        order = null;
        if (memory != null && draft.canary != null) {
            draft.canary = Canaries.progressed(draft.canary, memory, draft.canary.completedAt());
        }
        seen.hosts().forEach(this::sendHome);
        enter(Phase.RollingBack, why, sentence);
        wakeAt = now.plus(SOON);
    }

    private void sendHome(HostObservation host) {
        List<String> why = draft.violations.stream()
                .map(CanaryRolloutStatus.Violation::message)
                .toList();
        commands.add(requests.rollBack(host.name(), why));
    }

    private void goHome() {
        memory = null;
        List<HostObservation> away =
                seen.hosts().stream().filter(host -> !isHome(host)).toList();
        if (away.isEmpty()) {
            home();
            return;
        }
        wakeAt = now.plus(SOON);
        away.stream().filter(host -> !hasHeard(host)).forEach(this::sendHome);
        boolean isOverdue = !now.isBefore(draft.rollback.leasesEndAt().plus(HOME_ALONE));
        if (isOverdue && seen.isDeleted()) {
            release = true;
        }
        waitFor(
                isOverdue ? Reason.RollbackUnverified : Reason.RollingBack,
                isOverdue
                        ? "Not seen on its baseline, though its lease ended at " + draft.rollback.leasesEndAt() + ": "
                                + Words.describe(away) + "; look at the host itself"
                        : "Waits for " + Words.describe(away));
    }

    private void home() {
        CanaryRolloutStatus.Rollback way = draft.rollback;
        draft.rollback = new CanaryRolloutStatus.Rollback(way.trigger(), way.startedAt(), now, way.leasesEndAt());
        release = seen.isDeleted();
        settle(
                Phase.RolledBack,
                Reason.RolledBack,
                "Every host is on its baseline (" + way.trigger() + ")"
                        + draft.violations.stream().map(v -> ": " + v.message()).collect(Collectors.joining()));
        if (!release && !specHash.equals(draft.specHash)) {
            begin(draft.attempt);
        }
    }

    private boolean hasHeard(HostObservation host) {
        return host.unit() instanceof Answer.Done<UnitState>(UnitState unit)
                && Stand.fence(unit, ref.uid())
                        .filter(fence -> fence.tombstone() >= draft.operation.sequence())
                        .isPresent();
    }

    private boolean isHome(HostObservation host) {
        if (!hasHeard(host)) {
            return false;
        }
        UnitState unit = done(host);
        return !seen.isOurs(unit)
                && unit.state() != CanaryState.RollingBack
                && unit.state() != CanaryState.Unverifiable;
    }

    // Phases that rest

    private void rest() {
        wakeAt = now.plus(Duration.ofMinutes(5));
        if (draft.phase == Phase.DryRunPassed && !isTrue(plan.spec().dryRun())) {
            begin(draft.attempt);
        }
    }

    // Moves

    private void enter(Phase phase, Reason why, String sentence) {
        draft.phase = phase;
        reason = why;
        message = sentence;
        boolean isWarning = phase == Phase.RollingBack || phase == Phase.GateFailed || phase == Phase.Failed;
        notices.add(new Notice(why, sentence, isWarning));
        wakeAt = now;
    }

    private void waitFor(Reason why, String sentence) {
        reason = why;
        message = sentence;
    }

    /** The attempt ends here. */
    private void settle(Phase phase, Reason why, String sentence) {
        order = null;
        enter(phase, why, sentence);
        draft.history = Stream.concat(
                        Stream.of(new CanaryRolloutStatus.Attempt(draft.attemptId, phase, why.name(), now)),
                        draft.history.stream())
                .limit(HISTORY)
                .toList();
    }

    /** Stores what is about to be done, to be done once it is stored. */
    private void announce(OperationKind kind, Phase phase, Reason why, String sentence) {
        takesEpoch();
        nextOperation(kind);
        enter(phase, why, sentence);
        intent = true;
        order = null;
    }

    private void nextOperation(OperationKind kind) {
        draft.sequence++;
        draft.operation =
                new CanaryRolloutStatus.Operation(draft.attemptId + "-" + draft.sequence, kind, draft.sequence, now);
    }

    /** Whether this process may speak for the rollout; a new leader first stores its epoch. */
    private boolean leads() {
        if (takesEpoch()) {
            intent = true;
            wakeAt = now;
            return false;
        }
        long highest = seen.highestEpoch();
        if (highest > draft.epoch.number()) {
            waitFor(
                    Reason.Fenced,
                    "A host knows epoch " + highest + ", this leader has " + draft.epoch.number()
                            + "; it stands back until the newer one speaks");
            return false;
        }
        return true;
    }

    private boolean takesEpoch() {
        CanaryRolloutStatus.Epoch stored = draft.epoch;
        if (stored != null && stored.holder().equals(seen.holder())) {
            return false;
        }
        long number = Math.max(seen.highestEpoch(), stored == null ? 0 : stored.number()) + 1;
        draft.epoch = new CanaryRolloutStatus.Epoch(number, seen.holder());
        return true;
    }

    private Decision decision() {
        Facts facts = new Facts(
                draft.phase,
                plan.spec().readyWhen() == CanaryRolloutSpec.ReadyWhen.Promoted,
                seen.isPaused(),
                plan.spec().engine().acknowledge(),
                seen.hasCanary(),
                meta.getGeneration(),
                now);
        draft.conditions = Conditions.derive(draft, facts, reason, message);
        draft.hosts = Reports.hosts(draft.hosts, seen.hosts(), now);
        CanaryRolloutStatus status = draft.freeze(
                meta.getGeneration(),
                Reports.display(draft, plan, there(), seen.hosts().size()));
        return new Decision(status, intent, memory, commands, order, isJudging(), notices, wakeAt, release);
    }

    private boolean isJudging() {
        return switch (draft.phase) {
            case Gating, Activating, Monitoring, AwaitingPromotion -> true;
            case Pending, Promoting, RollingBack -> false;
            case GateFailed, DryRunPassed, Promoted, RolledBack, Failed -> false;
        };
    }

    private int there() {
        return draft.operation == null ? 0 : hosts(stands(), Stand.There).size();
    }

    // Words

    private Map<Stand, List<HostObservation>> stands() {
        return seen.stands(draft.operation);
    }

    private static List<HostObservation> hosts(Map<Stand, List<HostObservation>> stands, Stand... wanted) {
        return Stream.of(wanted)
                .flatMap(stand -> stands.getOrDefault(stand, List.of()).stream())
                .toList();
    }

    /** Why a host refused what it was last asked for this operation, by its agent's own answer. */
    private Optional<String> refusal() {
        return seen.hosts().stream()
                .filter(host -> host.last() != null && isOfOperation(host.last().command()))
                .flatMap(host -> host.last().answer() instanceof Answer.Refused<?>(Problem problem)
                                && !problem.is(Problem.Kind.FENCED)
                        ? Stream.of("Host " + host.name() + " refused: " + problem.detail())
                        : Stream.empty())
                .findFirst();
    }

    private boolean isOfOperation(HostCommand command) {
        return switch (command) {
            case HostCommand.Put put -> put.request().operation().id().equals(draft.operation.id());
            case HostCommand.Promote promote ->
                promote.request().operation().id().equals(draft.operation.id());
            default -> false;
        };
    }

    private Optional<JudgeReport> report() {
        return Optional.ofNullable(seen.judge().latest())
                .filter(report -> report.order().attemptId().equals(draft.attemptId));
    }

    private static UnitState done(HostObservation host) {
        return ((Answer.Done<UnitState>) host.unit()).value();
    }

    private void violated(List<Violation> violations) {
        draft.violations = violations.stream()
                .limit(50)
                .map(v -> new CanaryRolloutStatus.Violation(
                        Reports.bounded(v.reason()), Reports.bounded(v.message()), now))
                .toList();
    }

    private static boolean mayHaveCanary(Phase phase) {
        return switch (phase) {
            case Activating, Monitoring, AwaitingPromotion, Promoting -> true;
            case Pending, Gating, GateFailed, DryRunPassed, Promoted, RollingBack, RolledBack, Failed -> false;
        };
    }

    private static boolean isTrue(Boolean flag) {
        return Boolean.TRUE.equals(flag);
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }
}
