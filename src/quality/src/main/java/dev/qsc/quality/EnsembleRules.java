package dev.qsc.quality;

import dev.qsc.quality.Margin.Side;
import dev.qsc.quality.Margin.Unit;
import java.util.List;
import java.util.Optional;

/** The rules that an ensemble's figures must keep, in the order in which they are reported. */
final class EnsembleRules {
    /** One rule: how far these figures are from breaking it. */
    @FunctionalInterface
    private interface EnsembleRule {
        Margin margin(Ensemble ensemble, Thresholds thresholds);
    }

    private static final List<EnsembleRule> RULES = List.of(
            EnsembleRules::agreementLow, // the models contradict each other
            EnsembleRules::agreementHigh, // the models repeat each other
            EnsembleRules::hardDisagree); // one buys what another sells

    private EnsembleRules() {}

    /** Every rule that does not hold, however few events the figures rest on. */
    static List<Violation> violations(Optional<Ensemble> ensemble, Thresholds thresholds) {
        return margins(ensemble, thresholds).stream()
                .filter(Margin::isViolated)
                .map(Margin::violation)
                .toList();
    }

    /** How far the figures are from breaking each rule; empty where there are none. */
    static List<Margin> margins(Optional<Ensemble> ensemble, Thresholds thresholds) {
        return ensemble.stream()
                .flatMap(figures -> RULES.stream().map(rule -> rule.margin(figures, thresholds)))
                .toList();
    }

    private static Margin agreementLow(Ensemble ensemble, Thresholds thresholds) {
        int least = thresholds.minAgreementPercent();
        Ratio agreement = ensemble.agreement();
        return margin(Rule.AGREEMENT_LOW, "agreement", agreement, Side.AT_LEAST, least, agreement.pointsAbove(least));
    }

    private static Margin agreementHigh(Ensemble ensemble, Thresholds thresholds) {
        int most = thresholds.maxAgreementPercent();
        Ratio agreement = ensemble.agreement();
        return margin(Rule.AGREEMENT_HIGH, "agreement", agreement, Side.AT_MOST, most, agreement.pointsBelow(most));
    }

    private static Margin hardDisagree(Ensemble ensemble, Thresholds thresholds) {
        int most = thresholds.maxHardDisagreePercent();
        Ratio hard = ensemble.hardDisagree();
        return margin(Rule.HARD_DISAGREE, "hard_disagree", hard, Side.AT_MOST, most, hard.pointsBelow(most));
    }

    private static Margin margin(Rule rule, String name, Ratio figure, Side side, int threshold, double distance) {
        return new Margin(
                rule,
                Optional.empty(),
                Optional.empty(),
                name,
                Unit.PERCENT,
                figure.percent(),
                side,
                threshold,
                distance);
    }
}
