package dev.qsc.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What became of a rollout. Written by the operator only, on change and on a slow heartbeat; it does not grow with
 * time.
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record CanaryRolloutStatus(
        @JsonPropertyDescription("Generation of the spec that this status speaks of.")
        Long observedGeneration,

        @JsonPropertyDescription("The stored state. People and tools read conditions; the phase is the short form.")
        Phase phase,

        @Size(max = 16) @JsonPropertyDescription("""
                Ready, Reconciling and Stalled follow kstatus, the last two being present only when \
                True; GatePassed, RollbackArmed, CanaryActive, AnalysisHealthy, RollbackVerified, \
                Promoted and Paused say how far it is. A message names the cause and the next step.""") List<Condition> conditions,
        @JsonPropertyDescription("""
                Identity of the spec, without what may change during a canary. Another one is another \
                attempt.""") String specHash,

        @JsonPropertyDescription("How often this was tried, from 1; only a retry raises it.")
        Long attempt,

        @JsonPropertyDescription("Names this attempt; the annotations qsc.dev/promote and qsc.dev/retry carry it.")
        String attemptId,

        @JsonPropertyDescription("Highest sequence of an operation so far.")
        Long sequence,

        @JsonPropertyDescription("What the hosts were last asked to do, stored before they are asked.")
        Operation operation,

        @JsonPropertyDescription("Fencing token of the leader that speaks for the rollout; hosts refuse lower ones.")
        Epoch epoch,

        @JsonPropertyDescription("Only events at or after this instant count; resolved once per attempt.")
        Instant cutover,

        @JsonPropertyDescription("The numbers this attempt is judged by, pinned when it began.")
        CanaryRolloutSpec.Thresholds thresholds,

        @JsonPropertyDescription("What the gate saw.") Gate gate,

        @JsonPropertyDescription("The canary and its watch.")
        Canary canary,

        @Size(max = 50) @JsonPropertyDescription("Hosts in flight or unhealthy.")
        List<Host> hosts,

        @Size(max = 100) @JsonPropertyDescription("Why the canary was refused or rolled back.")
        List<Violation> violations,

        @JsonPropertyDescription("The way home.") Rollback rollback,

        @Size(max = 10) @JsonPropertyDescription("The last attempts that ended, newest first.")
        List<Attempt> history,

        @JsonPropertyDescription("Last value of the annotation qsc.dev/promote that was answered.")
        String lastHandledPromote,

        @JsonPropertyDescription("Last value of the annotation qsc.dev/retry that was answered.")
        String lastHandledRetry,

        @JsonPropertyDescription("Last value of the annotation qsc.dev/rollback that was answered.")
        String lastHandledRollback,

        @JsonPropertyDescription("Short forms for the table of kubectl get.")
        Display display) {

    /** What hosts are asked to do. */
    public enum OperationKind {
        Activate,
        Promote,
        Rollback
    }

    /** What the hosts were last asked to do, stored before they are asked. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Operation(
            @JsonPropertyDescription("""
                    Names the operation on the hosts and in their ledgers; the same id never restarts an \
                    engine twice.""") String id,

            @JsonPropertyDescription("Activate, Promote or Rollback.")
            OperationKind kind,

            @JsonPropertyDescription("Grows with each operation.")
            Long sequence,

            @JsonPropertyDescription("When it was decided.") Instant startedAt) {}

    /** A leader's fencing token. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Epoch(
            @JsonPropertyDescription("Grows with each new leader.")
            Long number,

            @JsonPropertyDescription("The process that holds it.")
            String holder) {}

    /** What the gate saw. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Gate(
            @JsonPropertyDescription("PASS, FAIL, or WAIT while events are too few.")
            String verdict,

            @JsonPropertyDescription("Usable events it judged.")
            Integer events,

            @JsonPropertyDescription("When the gate began to wait.")
            Instant startedAt,

            @JsonPropertyDescription("When this verdict was found.")
            Instant judgedAt,

            @Size(max = 1000) @JsonPropertyDescription("""
                    Host to the InvocationID of its engine when the gate judged. Another one asks for \
                    another verdict.""") Map<String, String> invocations,

            @Size(max = 64) @JsonPropertyDescription("Figures of each model, by name.")
            List<Model> models,

            @JsonPropertyDescription("Mean share of the largest vote, in percent with one decimal.")
            String agreement,

            @JsonPropertyDescription("Share of events with both BUY and SELL, in percent with one decimal.")
            String hardDisagree) {}

    /** One model at the gate. Shares in percent with one decimal, deviation and range with four. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Model(
            @JsonPropertyDescription("The model, as model_breakdown names it.")
            String name,

            @JsonPropertyDescription("PASS or FAIL.") String verdict,
            @JsonPropertyDescription("Valid predictions.") Integer samples,
            @JsonPropertyDescription("""
                    Predictions with a missing or unknown action, or a confidence that is no number of at \
                    least 0.""") Integer invalid,

            @JsonPropertyDescription("Share of BUY, in percent with one decimal.")
            String buy,

            @JsonPropertyDescription("Share of SELL, in percent with one decimal.")
            String sell,

            @JsonPropertyDescription("Share of HOLD, in percent with one decimal.")
            String hold,

            @JsonPropertyDescription("Population standard deviation of the confidences, four decimals.")
            String stdDev,

            @JsonPropertyDescription("Distance of the 10th and the 90th percentile of the confidences, four decimals.")
            String range,

            @Size(max = 20) @JsonPropertyDescription("The rules that do not hold, with figure and threshold.")
            List<String> violations) {}

    /** The canary and its watch. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Canary(
            @JsonPropertyDescription("The canary.") String model,

            @JsonPropertyDescription("Its share, in percent.")
            Integer percent,

            @JsonPropertyDescription("The step, from 0.") Integer step,

            @Size(max = 64) @JsonPropertyDescription("The baseline's shares, six decimals.")
            Map<String, String> weightsBefore,

            @Size(max = 64) @JsonPropertyDescription("The shares with the canary, six decimals, of sum 1.")
            Map<String, String> weightsAfter,

            @JsonPropertyDescription("SHA-256 of the baseline's weights file.")
            String digestBefore,

            @JsonPropertyDescription("SHA-256 of the canary's weights file.")
            String digestAfter,

            @JsonPropertyDescription("When the activation was decided.")
            Instant activatedAt,

            @JsonPropertyDescription("When the last host was proved to run the canary; slots are counted from here.")
            Instant verifiedAt,

            @JsonPropertyDescription("Only events after this id of the stream are the canary's.")
            String sinceId,

            @JsonPropertyDescription("Clock of the telemetry server at that id.")
            Instant sinceTime,

            @JsonPropertyDescription("How long the stream may be silent, resolved.")
            String noDataTimeout,

            @JsonPropertyDescription("How much of the step was seen to be healthy.")
            Slots slots,

            @JsonPropertyDescription("The last check that changed something; on a slow heartbeat otherwise.")
            Check lastCheck,

            @JsonPropertyDescription("Where every judged model stands, as that check saw it.")
            Scoreboard scoreboard,

            @JsonPropertyDescription("When the step had all its judged slots.")
            Instant completedAt) {}

    /** How much of the step's time was seen to be healthy. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Slots(
            @JsonPropertyDescription("Slots in which a check passed.")
            Long judged,

            @JsonPropertyDescription("Slots in which none did, after warm-up.")
            Long unjudged,

            @JsonPropertyDescription("Judged slots that the step needs.")
            Long total,

            @JsonPropertyDescription("The newest slot that is counted, from 0; -1 before the first.")
            Long last) {}

    /** A check of the canary. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Check(
            @JsonPropertyDescription("When it was made.") Instant time,
            @JsonPropertyDescription("GO, WAIT or NO-GO.") String verdict,

            @JsonPropertyDescription("What it rests on, or what is missing.")
            String message) {}

    /** Where every judged model stands. Shares in percent with one decimal. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Scoreboard(
            @JsonPropertyDescription("ALL-GO, WAIT or NO-GO: the verdict of the check.")
            String overall,

            @JsonPropertyDescription("Mean share of the largest vote, in percent with one decimal.")
            String agreement,

            @JsonPropertyDescription("Share of events with both BUY and SELL, in percent with one decimal.")
            String hardDisagree,

            @Size(max = 64) @JsonPropertyDescription("A line for each judged model, by name.")
            List<Standing> models) {}

    /** A model's line on the scoreboard. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Standing(
            @JsonPropertyDescription("The model, as model_breakdown names it.")
            String name,

            @JsonPropertyDescription("GO, WAIT while its predictions are too few, or NO-GO.")
            String standing,

            @JsonPropertyDescription("The rule that is nearest to being broken, with figure and threshold.")
            String tightest,

            @JsonPropertyDescription("""
                    How far that figure is from breaking the rule: percentage points with one decimal, or confidence \
                    with four; below zero it is broken.""") String margin) {}

    /** A host. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Host(
            @JsonPropertyDescription("Name of the EngineHost.")
            String name,

            @JsonPropertyDescription("As its agent reports it, or Unseen.")
            String state,

            @JsonPropertyDescription("The operation that the state speaks of.")
            String operation,

            @JsonPropertyDescription("InvocationID of the engine.")
            String invocationId,

            @JsonPropertyDescription("When its agent last answered.")
            Instant lastSeen,

            @JsonPropertyDescription("What is wrong, or under way.")
            String message) {}

    /** A rule that did not hold. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Violation(
            @JsonPropertyDescription("For machines: the rule, with the model where it has one, such as patchtst:FLAT.")
            String reason,

            @JsonPropertyDescription("For people: figure and threshold.")
            String message,

            @JsonPropertyDescription("When it was seen.") Instant time) {}

    /** The way home. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Rollback(
            @JsonPropertyDescription("Why, in one word, as in the ledger.")
            String trigger,

            @JsonPropertyDescription("When it was decided.") Instant startedAt,

            @JsonPropertyDescription("When every host was proved to be on its baseline.")
            Instant completedAt,

            @JsonPropertyDescription("When the last lease that a host may hold ends; without it every host is home.")
            Instant leasesEndAt) {}

    /** An attempt that ended. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Attempt(
            @JsonPropertyDescription("The attempt.") String attemptId,
            @JsonPropertyDescription("How it ended.") Phase phase,
            @JsonPropertyDescription("Why.") String reason,
            @JsonPropertyDescription("When.") Instant endedAt) {}

    /** Short forms for the table of kubectl. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Display(
            @JsonPropertyDescription("The canary's share right now: 10%, 0%.")
            String weight,

            @JsonPropertyDescription("Of the gate or the last check.")
            String verdict,

            @JsonPropertyDescription("Judged slots of all: 118/720.")
            String checks,

            @JsonPropertyDescription("Verified hosts of all: 1/1.")
            String hosts,

            @JsonPropertyDescription("Reason of the condition Ready.")
            String reason,

            @JsonPropertyDescription("Usable events of the gate.")
            Integer events,

            @JsonPropertyDescription("When the phase is expected to end.")
            Instant until) {}
}
