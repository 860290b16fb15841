package dev.qsc.quality;

import java.util.List;
import java.util.Optional;

/** The rules that an ensemble's figures must keep, in the order in which they are reported. */
final class EnsembleRules {
    /** One rule: what it has against these figures, if anything. */
    @FunctionalInterface
    private interface EnsembleRule {
        Optional<Violation> violation(Ensemble ensemble, Thresholds thresholds);
    }

    private static final List<EnsembleRule> RULES = List.of(
            EnsembleRules::agreementLow, // the models contradict each other
            EnsembleRules::agreementHigh, // the models repeat each other
            EnsembleRules::hardDisagree); // one buys what another sells

    private EnsembleRules() {}

    static List<Violation> violations(Optional<Ensemble> ensemble, Thresholds thresholds) {
        return ensemble.stream()
                .flatMap(figures -> RULES.stream().map(rule -> rule.violation(figures, thresholds)))
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<Violation> agreementLow(Ensemble ensemble, Thresholds thresholds) {
        int least = thresholds.minAgreementPercent();
        return ensemble.agreement().compareToPercent(least) < 0
                ? agreement(Rule.AGREEMENT_LOW, ensemble, "<", least)
                : Optional.empty();
    }

    private static Optional<Violation> agreementHigh(Ensemble ensemble, Thresholds thresholds) {
        int most = thresholds.maxAgreementPercent();
        return ensemble.agreement().compareToPercent(most) > 0
                ? agreement(Rule.AGREEMENT_HIGH, ensemble, ">", most)
                : Optional.empty();
    }

    private static Optional<Violation> agreement(Rule rule, Ensemble ensemble, String side, int percent) {
        String figure = "agreement=" + Decimals.beside(percent, ensemble.agreementPercent(), 1) + "%";
        return Optional.of(Violation.of(rule, figure, side + percent + "%"));
    }

    private static Optional<Violation> hardDisagree(Ensemble ensemble, Thresholds thresholds) {
        int most = thresholds.maxHardDisagreePercent();
        if (ensemble.hardDisagree().compareToPercent(most) <= 0) {
            return Optional.empty();
        }
        String figure = "hard_disagree=" + Decimals.beside(most, ensemble.hardDisagreePercent(), 1) + "%";
        return Optional.of(Violation.of(Rule.HARD_DISAGREE, figure, ">" + most + "%"));
    }
}
