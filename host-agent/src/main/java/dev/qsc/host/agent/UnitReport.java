package dev.qsc.host.agent;

import dev.qsc.agent.api.CanaryState;
import dev.qsc.agent.api.UnitState;
import dev.qsc.agent.api.UnitState.Canary;
import dev.qsc.agent.api.UnitState.Engine;
import dev.qsc.agent.api.UnitState.Fence;
import dev.qsc.agent.api.UnitState.OperationRef;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a unit stands, from root's records and the service manager.
 *
 * <p>Root's record comes first: while a canary is armed, the state is {@code RollingBack} once root marked it or no
 * lease holds it, else what root saw, else how far root came. When none is armed, it is how the last operation ended.
 * In both cases a request that root has not recorded yet is {@code Arming} while its helper runs, and {@code Failed} if
 * the helper ended without a record.
 */
final class UnitReport {
    private static final Pattern ACKNOWLEDGED = Pattern.compile("(?:^|\\s)weights_digest=([0-9a-f]{64})(?:\\s|$)");

    private static final Pattern TIMESTAMP =
            Pattern.compile("[A-Z][a-z]{2} ([0-9]{4}-[0-9]{2}-[0-9]{2}) ([0-9:]{8}(?:\\.[0-9]+)?) UTC");

    private record Standing(CanaryState state, String message, OperationRef operation) {}

    private UnitReport() {}

    /** The units whose properties a report needs, in the order of {@link #of}'s. */
    static List<String> units(String unit) {
        return List.of(unit, Helper.apply.instance(unit));
    }

    /** The report. */
    static UnitState of(Snapshot snapshot, List<Map<String, String>> properties) {
        Standing standing = pending(snapshot, properties.get(1))
                .or(() -> snapshot.armed().map(armed -> armed(snapshot, armed)))
                .or(() -> snapshot.fences().newest().map(UnitReport::last))
                .orElse(new Standing(CanaryState.Idle, "", null));
        return new UnitState(
                snapshot.unit(),
                standing.state(),
                standing.message(),
                standing.operation(),
                engine(properties.getFirst()),
                snapshot.baseline(),
                snapshot.armed().map(armed -> canary(snapshot, armed)).orElse(null),
                snapshot.fences().newestFirst(),
                snapshot.limits(),
                snapshot.clock());
    }

    /** A request to apply that no record of root's knows yet. */
    private static Optional<Standing> pending(Snapshot snapshot, Map<String, String> helper) {
        return snapshot.request()
                .filter(request -> request.text("verb").equals("apply") && isNews(snapshot, request))
                .flatMap(request -> pending(snapshot, request, helper));
    }

    private static Optional<Standing> pending(Snapshot snapshot, KeyValues request, Map<String, String> helper) {
        OperationRef operation =
                new OperationRef(request.text("uid"), request.text("operation"), request.number("sequence"));
        Instant changed = instant(helper.getOrDefault("StateChangeTimestamp", ""));
        boolean answered = changed != null && !changed.isBefore(snapshot.requestedAt());
        return switch (helper.getOrDefault("ActiveState", "")) {
            case "activating" -> Optional.of(new Standing(CanaryState.Arming, "", operation));
            case "failed" ->
                answered
                        ? Optional.of(new Standing(CanaryState.Failed, unrecorded(snapshot, helper), operation))
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static String unrecorded(Snapshot snapshot, Map<String, String> helper) {
        return "root's helper ended without a record (" + helper.get("Result") + "): see journalctl -u "
                + Helper.apply.instance(snapshot.unit());
    }

    private static boolean isNews(Snapshot snapshot, KeyValues request) {
        long sequence = request.number("sequence");
        boolean armed = snapshot.armed()
                .filter(record -> record.rollout().uid().equals(request.text("uid")))
                .filter(record -> record.operation().sequence() >= sequence)
                .isPresent();
        boolean fenced = snapshot.fences()
                .of(request.text("uid"))
                .filter(fence -> fence.tombstone() >= sequence
                        || (fence.operation() != null && fence.operation().sequence() >= sequence))
                .isPresent();
        return !armed && !fenced;
    }

    private static Standing armed(Snapshot snapshot, Armed armed) {
        OperationRef operation = new OperationRef(
                armed.rollout().uid(), armed.operation().id(), armed.operation().sequence());
        Optional<Observed> seen = snapshot.observed()
                .filter(observed ->
                        observed.operation().equals(armed.operation().id()));
        String message = seen.map(Observed::message).orElse("");
        if (snapshot.goesHome()) {
            return new Standing(CanaryState.RollingBack, snapshot.whyHomeward(), operation);
        }
        return new Standing(seen.map(Observed::state).orElse(unseen(armed.stage())), message, operation);
    }

    private static CanaryState unseen(Armed.Stage stage) {
        return switch (stage) {
            case arming -> CanaryState.Arming;
            case applying -> CanaryState.Applying;
            case promoting -> CanaryState.Promoting;
            case active, promoted -> CanaryState.Unverifiable;
            case confirmed -> CanaryState.Promoted;
        };
    }

    private static Standing last(Fence fence) {
        return new Standing(fence.state(), fence.message(), fence.operation());
    }

    private static Canary canary(Snapshot snapshot, Armed armed) {
        Optional<Observed> verified = snapshot.observed()
                .filter(seen -> seen.operation().equals(armed.operation().id()))
                .filter(seen -> seen.state() == CanaryState.Active || seen.state() == CanaryState.Promoted);
        return new Canary(
                armed.rollout(),
                armed.operation(),
                armed.epoch(),
                armed.step(),
                armed.model(),
                armed.percent(),
                armed.digest(),
                armed.oldDigest(),
                snapshot.leaseDeadline(),
                verified.map(Observed::at).orElse(null),
                verified.map(Observed::invocationId).orElse(null));
    }

    private static Engine engine(Map<String, String> properties) {
        Matcher acknowledged = ACKNOWLEDGED.matcher(properties.getOrDefault("StatusText", ""));
        String invocation = properties.getOrDefault("InvocationID", "");
        return new Engine(
                properties.getOrDefault("ActiveState", "unknown"),
                properties.getOrDefault("SubState", "unknown"),
                instant(properties.getOrDefault("ActiveEnterTimestamp", "")),
                invocation.isEmpty() ? null : invocation,
                Integer.parseInt(properties.getOrDefault("NRestarts", "0")),
                acknowledged.find() ? acknowledged.group(1) : null);
    }

    /** Reads {@code Sat 2026-01-10 05:43:15.000123 UTC}; null for {@code n/a} and nothing. */
    private static Instant instant(String timestamp) {
        Matcher utc = TIMESTAMP.matcher(timestamp);
        return utc.matches() ? Instant.parse(utc.group(1) + "T" + utc.group(2) + "Z") : null;
    }
}
