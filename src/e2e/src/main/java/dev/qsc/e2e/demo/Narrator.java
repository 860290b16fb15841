package dev.qsc.e2e.demo;

import static java.util.stream.Collectors.joining;

import dev.qsc.api.CanaryRolloutStatus;
import dev.qsc.api.CanaryRolloutStatus.Canary;
import dev.qsc.api.CanaryRolloutStatus.Gate;
import dev.qsc.api.CanaryRolloutStatus.Model;
import dev.qsc.api.Phase;
import dev.qsc.e2e.demo.Terminal.Style;
import io.fabric8.kubernetes.api.model.Condition;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Says what became different from one status of a rollout to the next, and knows nothing that the status does not. */
final class Narrator {

    private static final String FIGURES = "%-10s %7s %6s %6s %6s %9s %7s  %s";

    private final Terminal terminal;
    private CanaryRolloutStatus before;

    Narrator(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Tells what is new. */
    void tell(CanaryRolloutStatus now) {
        if (now.gate() != null && (before == null || isNews(before.gate(), now.gate()))) {
            gate(now.gate());
        }
        if (now.canary() != null && !Objects.equals(lastCheck(now), lastCheck(before))) {
            check(now.canary());
        }
        if (before == null || now.phase() != before.phase()) {
            phase(now);
        }
        before = now;
    }

    private static boolean isNews(Gate before, Gate now) {
        return before == null
                || !Objects.equals(before.events(), now.events())
                || !Objects.equals(before.verdict(), now.verdict());
    }

    private static CanaryRolloutStatus.Check lastCheck(CanaryRolloutStatus status) {
        return status == null || status.canary() == null
                ? null
                : status.canary().lastCheck();
    }

    private void gate(Gate gate) {
        if (gate.events() == null) {
            return;
        }
        var passed = gate.verdict().equals("PASS");
        terminal.happens(
                passed ? Style.GOOD : Style.PLAIN, "gate", "%s on %d events".formatted(gate.verdict(), gate.events()));
        if (passed) {
            terminal.details(
                    Style.QUIET,
                    FIGURES.formatted("model", "samples", "BUY%", "SELL%", "HOLD%", "deviation", "range", ""));
            gate.models().forEach(model -> terminal.details(Style.PLAIN, figures(model)));
            terminal.details(
                    Style.PLAIN,
                    "ensemble: agreement %s%%, hard disagreement %s%%"
                            .formatted(gate.agreement(), gate.hardDisagree()));
        }
    }

    private static String figures(Model model) {
        return FIGURES.formatted(
                model.name(),
                model.samples(),
                model.buy(),
                model.sell(),
                model.hold(),
                model.stdDev(),
                model.range(),
                model.verdict());
    }

    private void phase(CanaryRolloutStatus now) {
        var style =
                switch (now.phase()) {
                    case Monitoring, AwaitingPromotion, Promoted, DryRunPassed -> Style.GOOD;
                    case RollingBack, RolledBack, GateFailed, Failed -> Style.BAD;
                    default -> Style.PLAIN;
                };
        terminal.happens(style, now.phase().name(), reason(now));
        if (now.phase() == Phase.Monitoring) {
            terminal.details(Style.BOLD, weights(now.canary()));
        }
    }

    private static String reason(CanaryRolloutStatus status) {
        return status.conditions().stream()
                .filter(condition -> condition.getType().equals("Ready"))
                .map(Condition::getMessage)
                .map(message -> message.split("; ", 2)[0])
                .findFirst()
                .orElse("");
    }

    /** The weights as the engine has them now, each with its change. */
    private static String weights(Canary canary) {
        return canary.weightsAfter().entrySet().stream()
                .sorted(Map.Entry.comparingByKey((a, b) -> rank(canary, a) - rank(canary, b)))
                .map(entry -> weight(canary, entry.getKey(), percent(entry.getValue())))
                .collect(joining("\n"));
    }

    private static int rank(Canary canary, String model) {
        return model.equals(canary.model()) ? 0 : 1;
    }

    private static String weight(Canary canary, String model, double after) {
        var before = percent(canary.weightsBefore().getOrDefault(model, "0"));
        return String.format(
                Locale.ROOT,
                "%s %-10s %5.1f%% (%+.1f%%)%s",
                model.equals(canary.model()) ? "🔸" : "  ",
                model,
                after,
                after - before,
                model.equals(canary.model()) ? "  canary" : "");
    }

    private static double percent(String share) {
        return new BigDecimal(share).movePointRight(2).doubleValue();
    }

    private void check(Canary canary) {
        var check = canary.lastCheck();
        var style = check.verdict().equals("NO-GO") ? Style.BAD : Style.PLAIN;
        var slots = canary.slots();
        terminal.happens(
                style,
                "check",
                "%-5s %3d/%d  %s".formatted(check.verdict(), slots.judged(), slots.total(), check.message()));
    }
}
