package dev.qsc.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What should happen. The descriptions of the fields are those of the schema, which gives all defaults: in an object
 * that came from the API server only fields without one may be null.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "self.dryRun || self.gate.minEvents >= 200",
        fieldPath = ".gate.minEvents",
        message = "must be at least 200: fewer events are no evidence; only with dryRun: true may it be less")
@ValidationRule(
        value = "self.dryRun || self.gate.minSamples >= 200",
        fieldPath = ".gate.minSamples",
        message = "must be at least 200: fewer predictions are no evidence; only with dryRun: true may it be less")
@ValidationRule(
        value = "self.gate.maxEvents >= self.gate.minEvents && self.gate.maxEvents >= self.gate.minSamples",
        fieldPath = ".gate.maxEvents",
        message =
                "must be at least minEvents and minSamples: the gate reads no more events than this and would wait for ever")
@ValidationRule(
        value = "self.monitor.failures <= self.monitor.of",
        fieldPath = ".monitor.failures",
        message = "must not be above of: no more checks can fail than are counted")
@ValidationRule(
        value = "[self.rollback.leaseDuration, self.monitor.interval].exists(d, !" + Rules.IS_DURATION + ")"
                + " || duration(self.rollback.leaseDuration) >= duration(self.monitor.interval)"
                + " + duration(self.monitor.interval) + duration(self.monitor.interval)",
        fieldPath = ".rollback.leaseDuration",
        message = "must be at least three times monitor.interval: two late checks must not send a healthy host home")
@ValidationRule(
        value = "self.steps.all(step, [step.duration, self.monitor.interval].exists(d, !" + Rules.IS_DURATION + ")"
                + " || duration(step.duration) >= duration(self.monitor.interval))",
        fieldPath = ".steps",
        message = "duration must be at least monitor.interval: a step shorter than that is over before it is checked")
@ValidationRule(
        value = "self.steps.all(step, !has(step.weights) || !(self.model in step.weights))",
        fieldPath = ".steps",
        message =
                "weights must not name the canary: its share is weight, and weights says how the others share the rest")
@ValidationRule(
        value =
                "!has(self.baseline) || self.baseline.weights.exists(m, m != self.model && self.baseline.weights[m] > 0)",
        fieldPath = ".baseline.weights",
        message = "must give a weight above 0 to a model other than the canary: nobody else could take the rest")
public record CanaryRolloutSpec(
        @Required
        @Size(max = Rules.MODEL_LENGTH)
        @ValidationRule(value = "self.matches('" + Rules.MODEL + "')", message = Rules.MODEL_MESSAGE)
        @JsonPropertyDescription("""
                The model to canary, as it is named in model_breakdown and in the weights. One that the \
                baseline does not have, a shadow model, is added.""")
        String model,

        @Required @JsonPropertyDescription("The engine that gets the model, and where it runs.")
        Engine engine,

        @JsonPropertyDescription("""
                What the baseline on the hosts has to be. It asserts only, and changes nothing: a host with another \
                baseline fails the gate. Default: any baseline.""") Baseline baseline,

        @Default("[{\"weight\": 10, \"duration\": \"6h\"}]")
        @Size(min = 1, max = 1)
        @JsonPropertyDescription("How much weight the canary gets, and for how long; one step. Default: 10% for 6h.")
        List<Step> steps,

        // More digits than nanoseconds have are fine for the API server, but cannot be read in Java.
        @Pattern("^[^.]+([.][0-9]{1,9})?([Zz]|[+-][0-9:]{5})$")
        @ValidationRule(
                value = "self >= timestamp('2000-01-01T00:00:00Z')",
                message = "must be an instant with its zone and not before the year 2000, such as 2026-01-10T05:43:15Z")
        @JsonPropertyDescription("""
                Only events at or after this instant count as evidence (RFC 3339, such as \
                2026-01-10T05:43:15Z). Default: when the engine started, the latest of its hosts.""")
        Instant cutover,

        @Required @JsonPropertyDescription("Where the engine's events come from: exactly one of redis and viaHost.")
        Telemetry telemetry,

        @Default("{}") @JsonPropertyDescription("What must be proved before the engine is touched.")
        Gate gate,

        @Default("{}") @JsonPropertyDescription("How the canary is watched while it runs.")
        Monitor monitor,

        @JsonPropertyDescription("""
                The numbers of the rules; what is not set has the default that its field names. A value on its \
                threshold is not a violation. An attempt is judged by the numbers in status.thresholds.""") Thresholds thresholds,

        @Default("{}") @JsonPropertyDescription("How hosts get home.")
        Rollback rollback,

        @Default("{}") @JsonPropertyDescription("How the canary becomes the baseline.")
        Promotion promotion,

        @Default("Monitoring") @JsonPropertyDescription("""
                When the condition Ready becomes True, which is what GitOps tools wait for: as soon as the \
                canary is Monitoring, or only when it is Promoted.""") ReadyWhen readyWhen,

        @Default("false")
        @JsonPropertyDescription("Only the gate: judge the events and say what would happen. No host is changed.")
        Boolean dryRun,

        @Default("false") @JsonPropertyDescription("""
                Stops advancing: nothing is activated or promoted. It never stops watching: a canary that runs \
                is still checked, and still rolled back.""") Boolean paused) {

    /** How an engine proves which weights it loaded. */
    public enum Acknowledge {
        /** {@code weights_digest} in the payload of its events. */
        Event,
        /** {@code weights_digest=} in the status that it tells systemd. */
        Notify,
        /** Not at all: what its processes were started with is all that is known. */
        None
    }

    /** Which models are judged. */
    public enum Models {
        /** Every model in the events. */
        All,
        /** The canary and no other. */
        CanaryOnly
    }

    /** When checks are made. */
    public enum MonitorMode {
        /** Once in each interval. */
        Interval,
        /** As events arrive, and once in each interval in any case. */
        Continuous
    }

    /** Who promotes. */
    public enum PromotionMode {
        /** A person, by annotation. */
        Manual
    }

    /** When tools may go on. */
    public enum ReadyWhen {
        /** The canary runs and is watched. */
        Monitoring,
        /** The canary is the new baseline. */
        Promoted
    }

    /** The engine: a systemd unit on hosts. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Engine(
            @Required
            @Size(max = 248)
            @ValidationRule(
                    value = "self.matches('^[A-Za-z0-9:_.@-]+[.]service$')",
                    message = "must be the full name of a systemd service, such as quantum-ai_engine.service")
            @ValidationRule(
                    value = "self == oldSelf",
                    message =
                            "must not change: delete this rollout, which takes its canary out, and create one for the other unit")
            @JsonPropertyDescription("""
                    The engine's systemd unit, a *.service, which root on each host must have allowed. It \
                    cannot be changed later.""")
            String unit,

            @Required
            @Size(min = 1, max = 1)
            @ValidationRule(
                    value = "self.all(host, size(host) <= 253 && host.matches('" + Rules.HOST + "'))",
                    message = "each entry must be the name of an EngineHost of the same namespace, such as engine-1")
            @JsonPropertyDescription("Names of the EngineHosts, of the same namespace, that run the unit; one.")
            List<String> hosts,

            @Default("1") @Min(1) @Max(1) @JsonPropertyDescription("How many hosts may restart the engine at once.")
            Integer maxUnavailable,

            @Default("10m")
            @Size(max = Rules.DURATION_LENGTH)
            @ValidationRule(value = Rules.DURATION, message = Rules.DURATION_MESSAGE)
            @JsonPropertyDescription("""
                    How long a start of the engine may take until it is proved to run with the canary's \
                    weights. After it the host is rolled back.""")
            String startTimeout,

            @Default("None") @JsonPropertyDescription("""
                    How the engine proves which weights it loaded: Event (weights_digest in the payload of its \
                    events), Notify (weights_digest= in the status it tells systemd), or None, where only the \
                    environment of its processes is known.""") Acknowledge acknowledge) {}

    /** What the hosts' baseline has to be. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Baseline(
            @Required
            @Size(min = 1, max = Rules.MODELS)
            @ValidationRule(value = Rules.MODEL_NAMES, message = Rules.MODEL_MESSAGE)
            @JsonPropertyDescription("""
                    Model to integer parts, which are normalised: {xgb: 1, lgbm: 3} is 25% and 75%. All models \
                    of the baseline must be named.""")
            Map<String, @Min(0) @Max(1_000_000) Integer> weights) {}

    /** A share of the weight, for a time. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @ValidationRule(
            value = "!has(self.weights) || self.weight < 100",
            fieldPath = ".weights",
            message =
                    "says how the others share the rest, and a weight of 100 leaves none: remove weights or lower weight")
    public record Step(
            @Default("10") @Min(1) @Max(100) @JsonPropertyDescription("""
                    The canary's share, in percent. The other models share the rest in the proportions of the \
                    baseline; at 100 they get nothing.""")
            Integer weight,

            @Default("6h")
            @Size(max = Rules.DURATION_LENGTH)
            @ValidationRule(value = Rules.DURATION, message = Rules.DURATION_MESSAGE)
            @JsonPropertyDescription("""
                    How long the canary must be seen to be healthy. Time in which no check could pass does not \
                    count: the step ends after duration / monitor.interval judged slots, rounded up.""")
            String duration,

            @Size(min = 1, max = Rules.MODELS)
            @ValidationRule(value = Rules.MODEL_NAMES, message = Rules.MODEL_MESSAGE)
            @ValidationRule(
                    value = "self.exists(model, self[model] > 0)",
                    message = "at least one must be above 0: zero parts cannot be shared out")
            @JsonPropertyDescription("""
                    How the other models share what the canary leaves, as integer parts. The canary is not \
                    among them. Default: the proportions of the baseline.""")
            Map<String, @Min(0) @Max(1_000_000) Integer> weights) {}

    /** Where events come from: one of the two. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @ValidationRule(
            value = "has(self.redis) != has(self.viaHost)",
            message =
                    "must hold exactly one of redis, a Redis that the operator reaches itself, and viaHost, one that it reads through a host's agent")
    public record Telemetry(
            @JsonPropertyDescription("A Redis stream that the operator reaches itself.")
            Redis redis,

            @JsonPropertyDescription("""
                    A Redis stream that the operator reads through the agent of a host, most often one on that host's \
                    own loopback. Nothing but the agent's port needs to be open.""") ViaHost viaHost) {}

    /** A stream that a host's agent hands on. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ViaHost(
            @ValidationRule(
                    value = "size(self) <= 253 && self.matches('" + Rules.HOST + "')",
                    message = "must be the name of an EngineHost of the same namespace, such as engine-1")
            @JsonPropertyDescription("""
                    Name of the EngineHost, of the same namespace, whose agent hands the stream on. It may be another \
                    than the engine's. Default: the engine's host.""")
            String host,

            @Required @Size(min = 1, max = 253) @JsonPropertyDescription("""
                    The name that root on the host gave the stream, under telemetry in /etc/qsc-agent/agent.yaml. \
                    What is not listed there cannot be read.""")
            String source) {}

    /** A Redis stream. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Redis(
            @Required @JsonPropertyDescription("""
                    The Secret, of the same namespace, that holds the URL: redis:// or, with TLS, rediss://, \
                    with an ACL user if there is one (rediss://reader:password@redis.example.org:6379). Under ca.crt it \
                    may hold the certificates by which a rediss:// server is trusted, in PEM.""") UrlSecretRef urlSecretRef,

            @Default("quantum:stream:trade.intent")
            @Size(min = 1, max = 512)
            @JsonPropertyDescription("Key of the stream to which the engine adds its trade.intent events.")
            String stream) {}

    /** A key of a Secret. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record UrlSecretRef(
            @Required @Size(min = 1, max = 253) @JsonPropertyDescription("Name of the Secret.")
            String name,

            @Default("url") @Size(min = 1, max = 253) @JsonPropertyDescription("Key in it under which the URL stands.")
            String key) {}

    /** What must be proved before the engine is touched. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Gate(
            @Default("200") @Min(1) @Max(100_000) @JsonPropertyDescription("""
                    Fewest usable events since the cutover; at least 200 unless dryRun. With fewer the gate \
                    waits.""")
            Integer minEvents,

            @Default("200") @Min(1) @Max(100_000) @JsonPropertyDescription("""
                    Fewest valid predictions of each judged model; at least 200 unless dryRun. With fewer the \
                    gate waits.""")
            Integer minSamples,

            @Default("2000")
            @Min(1)
            @Max(100_000)
            @JsonPropertyDescription("Most events that are read: the newest ones.")
            Integer maxEvents,

            @Default("All") @JsonPropertyDescription("""
                    Whose predictions are judged: All models in the events, or CanaryOnly, with which a model \
                    that runs already cannot keep the canary out.""") Models models,

            @Default("6h")
            @Size(max = Rules.DURATION_LENGTH)
            @ValidationRule(value = Rules.DURATION, message = Rules.DURATION_MESSAGE)
            @JsonPropertyDescription("How long the gate waits for enough events before it fails.")
            String timeout) {}

    /** How the canary is watched. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Monitor(
            @Default("30s")
            @Size(max = Rules.DURATION_LENGTH)
            @ValidationRule(value = Rules.DURATION, message = Rules.DURATION_MESSAGE)
            @ValidationRule(
                    value = "!" + Rules.IS_SELF_DURATION + " || duration(self) >= duration('1s')",
                    message = "must be at least 1s: hosts and telemetry are asked once in each interval")
            @JsonPropertyDescription("""
                    Time from check to check, at least 1s and at most a third of rollback.leaseDuration. It is \
                    also the length of a slot, the unit in which healthy time is counted.""")
            String interval,

            @Default("30m")
            @Size(max = Rules.DURATION_LENGTH)
            @ValidationRule(value = Rules.DURATION, message = Rules.DURATION_MESSAGE)
            @JsonPropertyDescription("""
                    How far back a check looks, never beyond the start of the canary; further, if need be, to \
                    reach minSamples; of more than 2000 events the newest 2000.""")
            String window,

            @Default("200") @Min(1) @Max(2000) @JsonPropertyDescription("""
                    Fewest valid predictions of the canary for a check to pass or fail by the shape of its \
                    predictions. With fewer the check waits, and its slot does not count as healthy.""")
            Integer minSamples,

            @Default("1") @Min(1) @Max(60) @JsonPropertyDescription("""
                    Roll back when this many of the last checks (see of) failed. Above 1 single failures are \
                    tolerated, but for invalid predictions, an absent canary and lost telemetry, which never \
                    are.""")
            Integer failures,

            @Default("1")
            @Min(1)
            @Max(60)
            @JsonPropertyDescription("Among how many of the last checks failures are counted; one for each interval.")
            Integer of,

            @Size(max = Rules.DURATION_LENGTH)
            @ValidationRule(value = Rules.DURATION, message = Rules.DURATION_MESSAGE)
            @JsonPropertyDescription("""
                    How long the first healthy check may take to come. After it the canary is inconclusive and \
                    rolled back. Default: the duration of the step.""")
            String warmup,

            @Size(max = Rules.DURATION_LENGTH)
            @ValidationRule(value = Rules.DURATION, message = Rules.DURATION_MESSAGE)
            @JsonPropertyDescription("""
                    How long the stream may bring no usable event before the canary is rolled back: silence is \
                    a violation. Default: 20 times the mean gap between the gate's events, at least 5m.""")
            String noDataTimeout,

            @Default("3") @Min(1) @Max(Rules.MODELS) @JsonPropertyDescription("""
                    Fewest models with a valid prediction that make an event count for agreement and hard \
                    disagreement. Both rules are skipped where fewer than minSamples events have as many.""")
            Integer minVoters,

            @Default("CanaryOnly") @JsonPropertyDescription("""
                    Whose predictions are judged: CanaryOnly, or All, with which any model that misbehaves \
                    takes the canary out.""")
            Models models,

            @Default("Interval") @JsonPropertyDescription("""
                    When checks are made: once in each Interval, or Continuous, as events arrive, so that a violation \
                    is answered within a fraction of a second of the event that proves it. Healthy time is counted by \
                    interval in either mode.""")
            MonitorMode mode) {}

    /**
     * The numbers of the rules. They have no defaults in the schema, so that what a user did not write stays
     * distinguishable from what he did.
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @ValidationRule(
            value =
                    "(has(self.minAgreement) ? self.minAgreement : 55) < (has(self.maxAgreement) ? self.maxAgreement : 80)",
            message =
                    "minAgreement (55 if not set) must be below maxAgreement (80 if not set): no ensemble could satisfy both")
    public record Thresholds(
            @Min(1) @Max(100) @JsonPropertyDescription("""
                    ACTION_COLLAPSE: largest share, in percent, that one action may have among a model's valid \
                    predictions. Default: 70.""") Integer maxClassShare,
            @Min(1) @Max(100) @JsonPropertyDescription("""
                    DEAD_ZONE: largest share, in percent, that HOLD may have among a model's valid \
                    predictions. Default: 85.""") Integer maxHoldShare,

            @Size(max = Rules.DECIMAL_LENGTH)
            @ValidationRule(value = Rules.DECIMAL, message = Rules.DECIMAL_MESSAGE)
            @JsonPropertyDescription("""
                    FLAT: smallest population standard deviation of a model's confidences, a decimal in \
                    quotes. Default: "0.05".""")
            String minStdDev,

            @Size(max = Rules.DECIMAL_LENGTH)
            @ValidationRule(value = Rules.DECIMAL, message = Rules.DECIMAL_MESSAGE)
            @JsonPropertyDescription("""
                    NARROW: smallest distance of the 10th and the 90th percentile of a model's confidences, a \
                    decimal in quotes. Default: "0.12".""")
            String minRange,

            @Size(max = Rules.DECIMAL_LENGTH)
            @ValidationRule(value = Rules.DECIMAL, message = Rules.DECIMAL_MESSAGE)
            @JsonPropertyDescription("""
                    CONSTANT: standard deviation of the confidences below which a model counts as constant, a \
                    decimal in quotes. Default: "0.01".""")
            String constantStdDev,

            @Min(0) @Max(100) @JsonPropertyDescription("""
                    AGREEMENT_LOW: smallest mean share, in percent, of the largest vote among the models of an \
                    event. Default: 55.""") Integer minAgreement,
            @Min(0) @Max(100) @JsonPropertyDescription("""
                    AGREEMENT_HIGH: largest mean share, in percent, of the largest vote among the models of an \
                    event. Default: 80.""") Integer maxAgreement,
            @Min(0) @Max(100) @JsonPropertyDescription("""
                    HARD_DISAGREE: largest share, in percent, of events with both BUY and SELL. Default: \
                    20.""") Integer maxHardDisagree) {}

    /** How hosts get home. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Rollback(
            @Default("3m")
            @Size(max = Rules.DURATION_LENGTH)
            @ValidationRule(value = Rules.DURATION, message = Rules.DURATION_MESSAGE)
            @JsonPropertyDescription("""
                    How long a host stays on the canary without hearing from the operator. After it the host \
                    goes home by itself. At least three times monitor.interval.""")
            String leaseDuration) {}

    /** How the canary becomes the baseline. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Promotion(
            @Default("Manual") @JsonPropertyDescription("""
                    Who promotes: Manual, a person with kubectl annotate canaryrollout NAME \
                    qsc.dev/promote=ATTEMPT, the attempt being status.attemptId.""") PromotionMode mode) {}
}
