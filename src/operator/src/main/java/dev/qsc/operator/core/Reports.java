package dev.qsc.operator.core;

import dev.qsc.agent.api.Answer;
import dev.qsc.agent.api.UnitState;
import dev.qsc.agent.api.Weights;
import dev.qsc.api.CanaryRolloutStatus;
import dev.qsc.quality.Action;
import dev.qsc.quality.CheckResult;
import dev.qsc.quality.GateResult;
import dev.qsc.quality.Margin;
import dev.qsc.quality.ModelReport;
import dev.qsc.quality.ModelStanding;
import dev.qsc.quality.Scoreboard;
import dev.qsc.quality.Standing;
import dev.qsc.quality.Violation;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Verdicts, weights and hosts in the words of the status: short, bounded, and without floats. */
final class Reports {
    private static final int MAX_MODELS = 64;
    private static final int MAX_HOSTS = 50;
    private static final int MAX_MESSAGE = 1024;

    /** A host's {@code lastSeen} alone is no reason to write the status more often than this. */
    private static final Duration SEEN_HEARTBEAT = Duration.ofMinutes(5);

    private Reports() {}

    static CanaryRolloutStatus.Gate gate(
            GateResult result, Instant startedAt, Instant judgedAt, Map<String, String> invocations) {
        String verdict =
                switch (result.outcome()) {
                    case PASSED -> "PASS";
                    case WAITING -> "WAIT";
                    case BLOCKED -> "FAIL";
                };
        return new CanaryRolloutStatus.Gate(
                verdict,
                Math.toIntExact(result.counters().usable()),
                startedAt,
                judgedAt,
                invocations,
                result.models().stream().limit(MAX_MODELS).map(Reports::model).toList(),
                result.ensemble().map(e -> percent(e.agreementPercent())).orElse(null),
                result.ensemble().map(e -> percent(e.hardDisagreePercent())).orElse(null));
    }

    private static CanaryRolloutStatus.Model model(ModelReport report) {
        var stats = report.figures().stats();
        return new CanaryRolloutStatus.Model(
                bounded(report.model()),
                report.violations().isEmpty() ? "PASS" : "FAIL",
                report.figures().valid(),
                report.figures().invalid(),
                stats.map(s -> percent(s.sharePercent(Action.BUY))).orElse(null),
                stats.map(s -> percent(s.sharePercent(Action.SELL))).orElse(null),
                stats.map(s -> percent(s.sharePercent(Action.HOLD))).orElse(null),
                stats.map(s -> decimal(s.std())).orElse(null),
                stats.map(s -> decimal(s.range())).orElse(null),
                report.violations().stream()
                        .map(violation -> bounded(violation.message()))
                        .toList());
    }

    static CanaryRolloutStatus.Check check(CheckResult result, Instant at) {
        return switch (result) {
            case CheckResult.Pass pass ->
                new CanaryRolloutStatus.Check(
                        at,
                        "GO",
                        bounded(pass.report().counters().usable() + " events"
                                + skipped(pass.report().skipped())));
            case CheckResult.NotJudged(String why, var report) ->
                new CanaryRolloutStatus.Check(at, "WAIT", bounded(why));
            case CheckResult.Fail(List<Violation> violations, var report) ->
                new CanaryRolloutStatus.Check(
                        at,
                        "NO-GO",
                        bounded(violations.stream().map(Violation::message).collect(Collectors.joining("; "))));
            case CheckResult.JudgeError(String cause) -> new CanaryRolloutStatus.Check(at, "WAIT", bounded(cause));
        };
    }

    private static String skipped(List<String> rules) {
        return rules.isEmpty() ? "" : "; not judged: " + String.join("; ", rules);
    }

    static CanaryRolloutStatus.Scoreboard scoreboard(Scoreboard board) {
        var ensemble = board.ensemble().figures();
        return new CanaryRolloutStatus.Scoreboard(
                board.overall() == Standing.GO ? "ALL-GO" : board.overall().title(),
                ensemble.map(e -> percent(e.agreementPercent())).orElse(null),
                ensemble.map(e -> percent(e.hardDisagreePercent())).orElse(null),
                board.models().stream().limit(MAX_MODELS).map(Reports::standing).toList());
    }

    private static CanaryRolloutStatus.Standing standing(ModelStanding model) {
        Optional<Margin> tightest = model.tightest();
        return new CanaryRolloutStatus.Standing(
                bounded(model.model()),
                model.standing().title(),
                tightest.map(m -> "%s: %s (%s)".formatted(m.rule().title(), m.figure(), m.limit()))
                        .orElse(null),
                tightest.map(Reports::distance).orElse(null));
    }

    private static String distance(Margin margin) {
        return switch (margin.unit()) {
            case PERCENT -> percent(margin.distance());
            case CONFIDENCE -> decimal(margin.distance());
        };
    }

    /** Weights of any scale as shares of six decimals. */
    static Map<String, String> shares(Map<String, BigDecimal> weights) {
        BigDecimal sum = Proportions.sum(weights);
        Map<String, String> result = new TreeMap<>();
        weights.forEach((model, weight) ->
                result.put(model, weight.divide(sum, 6, RoundingMode.HALF_EVEN).toPlainString()));
        return result;
    }

    /** The stored shares, for a host. */
    static Weights weights(Map<String, String> shares) {
        return Weights.of(shares.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> new BigDecimal(e.getValue()))));
    }

    static List<CanaryRolloutStatus.Host> hosts(
            List<CanaryRolloutStatus.Host> stored, List<HostObservation> seen, Instant now) {
        return seen.stream()
                .limit(MAX_HOSTS)
                .map(host -> host(find(stored, host.name()), host, now))
                .toList();
    }

    private static CanaryRolloutStatus.Host host(
            Optional<CanaryRolloutStatus.Host> stored, HostObservation host, Instant now) {
        Instant before = stored.map(CanaryRolloutStatus.Host::lastSeen).orElse(null);
        if (!(host.unit() instanceof Answer.Done<UnitState>(UnitState unit))) {
            return new CanaryRolloutStatus.Host(host.name(), "Unseen", null, null, before, null);
        }
        CanaryRolloutStatus.Host fresh = new CanaryRolloutStatus.Host(
                host.name(),
                unit.state().name(),
                unit.operation() == null ? null : unit.operation().id(),
                unit.engine().invocationId(),
                now,
                bounded(unit.message()));
        boolean isNews = stored.filter(old -> isSame(old, fresh)).isEmpty()
                || before == null
                || !now.isBefore(before.plus(SEEN_HEARTBEAT));
        return isNews ? fresh : stored.get();
    }

    private static boolean isSame(CanaryRolloutStatus.Host a, CanaryRolloutStatus.Host b) {
        return Objects.equals(a.state(), b.state())
                && Objects.equals(a.operation(), b.operation())
                && Objects.equals(a.invocationId(), b.invocationId())
                && Objects.equals(a.message(), b.message());
    }

    private static Optional<CanaryRolloutStatus.Host> find(List<CanaryRolloutStatus.Host> hosts, String name) {
        return hosts.stream().filter(host -> host.name().equals(name)).findFirst();
    }

    static CanaryRolloutStatus.Display display(Draft draft, Plan plan, int there, int hosts) {
        var canary = Optional.ofNullable(draft.canary);
        var slots = canary.map(CanaryRolloutStatus.Canary::slots);
        boolean runs =
                switch (draft.phase) {
                    case Monitoring, AwaitingPromotion, Promoting, Promoted -> true;
                    default -> false;
                };
        return new CanaryRolloutStatus.Display(
                (runs ? plan.step().weight() : 0) + "%",
                verdict(draft),
                slots.map(s -> s.judged() + "/" + s.total()).orElse("0/" + plan.slotsRequired()),
                there + "/" + hosts,
                draft.conditions.getFirst().getReason(),
                draft.gate == null ? null : draft.gate.events(),
                until(draft, plan));
    }

    private static String verdict(Draft draft) {
        if (draft.canary == null || draft.canary.verifiedAt() == null) {
            return draft.gate == null ? null : draft.gate.verdict();
        }
        if (!draft.violations.isEmpty()) {
            return "NO-GO";
        }
        return draft.canary.lastCheck() == null
                ? "WAIT"
                : draft.canary.lastCheck().verdict();
    }

    private static Instant until(Draft draft, Plan plan) {
        return switch (draft.phase) {
            case Gating -> draft.gate.startedAt().plus(plan.gateTimeout());
            case Activating, Promoting -> draft.operation.startedAt().plus(plan.startTimeout());
            case Monitoring -> {
                var slots = draft.canary.slots();
                long open = slots.last() + 1 + slots.total() - slots.judged();
                yield draft.canary.verifiedAt().plus(plan.interval().multipliedBy(open));
            }
            case RollingBack -> draft.rollback.leasesEndAt().plus(RolloutMachine.HOME_ALONE);
            default -> null;
        };
    }

    /** A text that fits into the status; a model is named by whoever publishes events, at any length. */
    static String bounded(String text) {
        if (text == null || text.length() <= MAX_MESSAGE) {
            return text;
        }
        boolean splitsPair = Character.isHighSurrogate(text.charAt(MAX_MESSAGE - 2));
        return text.substring(0, MAX_MESSAGE - (splitsPair ? 2 : 1)) + "…";
    }

    private static String percent(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
