package dev.qsc.operator.core;

import dev.qsc.api.CanaryRolloutSpec.Acknowledge;
import dev.qsc.api.Phase;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Derives the conditions, all at once, from a status that is otherwise complete. {@code Ready}, {@code Reconciling} and
 * {@code Stalled} follow kstatus: the last two are present only when true. A condition keeps its transition time while
 * its status stays.
 */
final class Conditions {
    private final Draft draft;
    private final Facts facts;
    private final List<Condition> result = new ArrayList<>();

    private Conditions(Draft draft, Facts facts) {
        this.draft = draft;
        this.facts = facts;
    }

    /**
     * @param reason of the phase; null to keep the one that is stored
     * @param message of the phase
     */
    static List<Condition> derive(Draft draft, Facts facts, Reason reason, String message) {
        Optional<Condition> stored = draft.conditions.stream()
                .filter(c -> c.getType().equals("Ready"))
                .findFirst();
        String why = reason != null
                ? reason.name()
                : stored.map(Condition::getReason).orElse("Unknown");
        String words =
                reason != null ? message : stored.map(Condition::getMessage).orElse("");
        return new Conditions(draft, facts).all(why, words);
    }

    private List<Condition> all(String reason, String message) {
        boolean isUnverified = reason.equals(Reason.RollbackUnverified.name());
        add("Ready", isReady(), reason, message);
        addIfTrue("Reconciling", isReconciling(isUnverified), reason, message);
        addIfTrue("Stalled", isStalled(isUnverified), reason, message);
        addIfTrue(
                "Paused",
                facts.isPaused(),
                Reason.Paused.name(),
                "Advancing is paused; a canary that runs is still watched");
        add(
                "GatePassed",
                isGatePassed(),
                isGatePassed() ? Reason.GatePassed.name() : reason,
                isGatePassed() ? "" : message);
        add(
                "RollbackArmed",
                facts.isArmed(),
                facts.isArmed() ? "Armed" : "NotArmed",
                facts.isArmed() ? "The hosts can go home alone" : "No host has a canary of this rollout");
        add(
                "CanaryActive",
                isActive(),
                activeReason(),
                isActive() ? "Every process of every host was seen with the canary's values" : "");
        analysis().ifPresent(result::add);
        if (draft.rollback != null) {
            boolean isHome = draft.rollback.completedAt() != null;
            add(
                    "RollbackVerified",
                    isHome,
                    isHome ? Reason.RolledBack.name() : reason,
                    isHome ? "Every host was seen on its baseline" : message);
        }
        boolean isPromoted = facts.phase() == Phase.Promoted;
        add("Promoted", isPromoted, isPromoted ? Reason.Promoted.name() : "NotPromoted", "");
        return List.copyOf(result);
    }

    private boolean isReady() {
        return switch (facts.phase()) {
            case DryRunPassed, Promoted -> true;
            case Monitoring, Promoting, AwaitingPromotion -> !facts.waitsForPromotion();
            case Pending, Gating, Activating, GateFailed, RollingBack, RolledBack, Failed -> false;
        };
    }

    private boolean isReconciling(boolean isUnverified) {
        return switch (facts.phase()) {
            case Pending, Gating, Activating -> true;
            case Monitoring, Promoting -> facts.waitsForPromotion();
            case RollingBack -> !isUnverified;
            case AwaitingPromotion, GateFailed, DryRunPassed, Promoted, RolledBack, Failed -> false;
        };
    }

    private boolean isStalled(boolean isUnverified) {
        return switch (facts.phase()) {
            case GateFailed, RolledBack, Failed -> true;
            case RollingBack -> isUnverified;
            default -> false;
        };
    }

    private boolean isGatePassed() {
        return draft.gate != null && "PASS".equals(draft.gate.verdict()) && facts.phase() != Phase.GateFailed;
    }

    private boolean isActive() {
        return switch (facts.phase()) {
            case Monitoring, AwaitingPromotion -> true;
            default -> false;
        };
    }

    private String activeReason() {
        if (!isActive()) {
            return "NotActive";
        }
        return (facts.acknowledge() == Acknowledge.None ? Reason.EnvironmentVerified : Reason.Acknowledged).name();
    }

    private Optional<Condition> analysis() {
        if (draft.canary == null || draft.canary.verifiedAt() == null) {
            return Optional.empty();
        }
        String type = "AnalysisHealthy";
        if (!draft.violations.isEmpty()) {
            return Optional.of(condition(
                    type,
                    "False",
                    Reason.Violation.name(),
                    draft.violations.getFirst().message()));
        }
        var check = draft.canary.lastCheck();
        if (check != null && check.verdict().equals("GO")) {
            return Optional.of(condition(type, "True", Reason.ChecksPass.name(), ""));
        }
        return Optional.of(condition(
                type, "Unknown", Reason.NotJudged.name(), check == null ? "No check was made yet" : check.message()));
    }

    private void add(String type, boolean isTrue, String reason, String message) {
        result.add(condition(type, isTrue ? "True" : "False", reason, message));
    }

    private void addIfTrue(String type, boolean isTrue, String reason, String message) {
        if (isTrue) {
            add(type, true, reason, message);
        }
    }

    private Condition condition(String type, String status, String reason, String message) {
        String since = draft.conditions.stream()
                .filter(c -> c.getType().equals(type) && c.getStatus().equals(status))
                .map(Condition::getLastTransitionTime)
                .findFirst()
                .orElseGet(() -> facts.now().truncatedTo(ChronoUnit.SECONDS).toString());
        return new ConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withMessage(message == null ? "" : Reports.bounded(message))
                .withObservedGeneration(facts.generation())
                .withLastTransitionTime(since)
                .build();
    }
}
