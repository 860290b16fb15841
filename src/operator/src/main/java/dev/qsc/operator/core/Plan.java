package dev.qsc.operator.core;

import dev.qsc.api.CanaryRolloutSpec;
import dev.qsc.api.Durations;
import dev.qsc.quality.GateSettings;
import dev.qsc.quality.Models;
import dev.qsc.quality.MonitorSettings;
import dev.qsc.quality.Slots;
import dev.qsc.quality.Thresholds;
import dev.qsc.quality.Tolerance;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A spec in the types that decisions are made with. The API server has filled in the defaults, and refused what does
 * not fit together.
 */
record Plan(CanaryRolloutSpec spec, CanaryRolloutSpec.Step step, int stepIndex) {

    static Plan of(CanaryRolloutSpec spec) {
        return new Plan(spec, spec.steps().getFirst(), 0);
    }

    Duration startTimeout() {
        return Durations.parse(spec.engine().startTimeout());
    }

    Duration lease() {
        return Durations.parse(spec.rollback().leaseDuration());
    }

    Duration interval() {
        return Durations.parse(spec.monitor().interval());
    }

    boolean isContinuous() {
        return spec.monitor().mode() == CanaryRolloutSpec.MonitorMode.Continuous;
    }

    Duration gateTimeout() {
        return Durations.parse(spec.gate().timeout());
    }

    Duration stepDuration() {
        return Durations.parse(step.duration());
    }

    /** How long the canary is watched in all. */
    Duration monitoring() {
        return spec.steps().stream()
                .map(each -> Durations.parse(each.duration()))
                .reduce(Duration.ZERO, Duration::plus);
    }

    GateSettings gate() {
        var gate = spec.gate();
        return new GateSettings(
                gate.minEvents(),
                gate.minSamples(),
                spec.monitor().minVoters(),
                models(gate.models()),
                Optional.of(spec.model()));
    }

    MonitorSettings monitor(String noDataTimeout) {
        var monitor = spec.monitor();
        return new MonitorSettings(
                spec.model(),
                Durations.parse(monitor.window()),
                monitor.minSamples(),
                monitor.minVoters(),
                models(monitor.models()),
                Durations.parse(noDataTimeout));
    }

    /** What the spec says, or what follows from the gate's events. */
    Duration noDataTimeout(Duration fromGate) {
        return Optional.ofNullable(spec.monitor().noDataTimeout())
                .map(Durations::parse)
                .orElse(fromGate);
    }

    Tolerance tolerance() {
        return new Tolerance(spec.monitor().failures(), spec.monitor().of());
    }

    Slots.Plan slots(Instant t0) {
        Duration warmup = Optional.ofNullable(spec.monitor().warmup())
                .map(Durations::parse)
                .orElse(stepDuration());
        return new Slots.Plan(t0, interval(), stepDuration(), warmup);
    }

    /** Judged slots that complete the step. */
    long slotsRequired() {
        return slots(Instant.EPOCH).required();
    }

    /** How often progress goes into the status: losing what came since costs a small part of the step. */
    Duration heartbeat() {
        Duration small = stepDuration().dividedBy(180);
        return small.compareTo(interval()) > 0 ? small : interval();
    }

    /** How the other models share the rest: as the step says, or as the baseline has them. */
    Map<String, BigDecimal> proportions(Map<String, BigDecimal> baseline) {
        return step.weights() == null || step.weights().isEmpty() ? baseline : decimals(step.weights());
    }

    static Map<String, BigDecimal> decimals(Map<String, Integer> parts) {
        Map<String, BigDecimal> result = new TreeMap<>();
        parts.forEach((model, part) -> result.put(model, BigDecimal.valueOf(part)));
        return result;
    }

    private static Models models(CanaryRolloutSpec.Models models) {
        return switch (models) {
            case All -> Models.ALL;
            case CanaryOnly -> Models.CANARY_ONLY;
        };
    }

    /** The spec's thresholds over the defaults, all set: what is pinned per attempt. */
    static CanaryRolloutSpec.Thresholds resolve(CanaryRolloutSpec.Thresholds own) {
        Thresholds defaults = Thresholds.defaults();
        CanaryRolloutSpec.Thresholds given =
                own == null ? new CanaryRolloutSpec.Thresholds(null, null, null, null, null, null, null, null) : own;
        return new CanaryRolloutSpec.Thresholds(
                or(given.maxClassShare(), defaults.maxClassSharePercent()),
                or(given.maxHoldShare(), defaults.maxHoldSharePercent()),
                or(given.minStdDev(), decimal(defaults.minStdDev())),
                or(given.minRange(), decimal(defaults.minRange())),
                or(given.constantStdDev(), decimal(defaults.constantStdDev())),
                or(given.minAgreement(), defaults.minAgreementPercent()),
                or(given.maxAgreement(), defaults.maxAgreementPercent()),
                or(given.maxHardDisagree(), defaults.maxHardDisagreePercent()));
    }

    /** Pinned thresholds in the judge's type. */
    static Thresholds thresholds(CanaryRolloutSpec.Thresholds pinned) {
        return new Thresholds(
                pinned.maxClassShare(),
                pinned.maxHoldShare(),
                Double.parseDouble(pinned.minStdDev()),
                Double.parseDouble(pinned.minRange()),
                Double.parseDouble(pinned.constantStdDev()),
                pinned.minAgreement(),
                pinned.maxAgreement(),
                pinned.maxHardDisagree());
    }

    private static String decimal(double value) {
        return BigDecimal.valueOf(value).toPlainString();
    }

    private static <T> T or(T value, T otherwise) {
        return value == null ? otherwise : value;
    }
}
