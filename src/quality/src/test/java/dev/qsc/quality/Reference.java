package dev.qsc.quality;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The rules once more, slow and obviously right: exact decimals, one pass over everything per question. */
final class Reference {
    /** One prediction as drawn, with its confidence in decimal. */
    record Vote(String model, Action action, BigDecimal confidence) {}

    private static final BigDecimal TOLERANCE = new BigDecimal("1e-9");

    private final List<List<Vote>> events;

    Reference(List<List<Vote>> events) {
        this.events = events;
    }

    Set<String> models() {
        Set<String> models = new LinkedHashSet<>();
        events.forEach(votes -> votes.forEach(vote -> models.add(vote.model())));
        return models;
    }

    List<Vote> of(String model) {
        List<Vote> votes = new ArrayList<>();
        events.forEach(event ->
                event.stream().filter(vote -> vote.model().equals(model)).forEach(votes::add));
        return votes;
    }

    BigDecimal mean(String model) {
        BigDecimal sum = BigDecimal.ZERO;
        for (Vote vote : of(model)) {
            sum = sum.add(vote.confidence());
        }
        return over(sum, of(model).size());
    }

    BigDecimal std(String model) {
        BigDecimal squares = BigDecimal.ZERO;
        BigDecimal mean = mean(model);
        for (Vote vote : of(model)) {
            squares = squares.add(vote.confidence().subtract(mean).pow(2));
        }
        return over(squares, of(model).size()).sqrt(MathContext.DECIMAL128);
    }

    BigDecimal percentile(String model, int percent) {
        List<BigDecimal> sorted = new ArrayList<>();
        of(model).forEach(vote -> sorted.add(vote.confidence()));
        Collections.sort(sorted);
        BigDecimal rank = BigDecimal.valueOf((sorted.size() - 1) * (long) percent, 2);
        BigDecimal below = rank.setScale(0, RoundingMode.FLOOR);
        BigDecimal fraction = rank.subtract(below);
        BigDecimal value = sorted.get(below.intValueExact());
        return fraction.signum() == 0
                ? value
                : value.add(
                        fraction.multiply(sorted.get(below.intValueExact() + 1).subtract(value)));
    }

    Set<String> shape(String model, Thresholds thresholds) {
        Set<String> violated = new TreeSet<>();
        List<Vote> votes = of(model);
        for (Action action : Action.values()) {
            long count = votes.stream().filter(vote -> vote.action() == action).count();
            if (count * 100 > (long) votes.size() * thresholds.maxClassSharePercent()) {
                violated.add(model + ":ACTION_COLLAPSE:" + action);
            }
            if (action == Action.HOLD && count * 100 > (long) votes.size() * thresholds.maxHoldSharePercent()) {
                violated.add(model + ":DEAD_ZONE");
            }
        }
        BigDecimal range = percentile(model, 90).subtract(percentile(model, 10));
        if (isBelow(std(model), thresholds.minStdDev())) {
            violated.add(model + ":FLAT");
        }
        if (isBelow(range, thresholds.minRange())) {
            violated.add(model + ":NARROW");
        }
        if (isBelow(std(model), thresholds.constantStdDev()) || range.compareTo(TOLERANCE) <= 0) {
            violated.add(model + ":CONSTANT");
        }
        return violated;
    }

    Set<String> ensemble(int minVoters, Thresholds thresholds) {
        Set<String> violated = new TreeSet<>();
        List<List<Vote>> counted =
                events.stream().filter(votes -> votes.size() >= minVoters).toList();
        if (counted.isEmpty()) {
            return violated;
        }
        // Shares of at most 6 voters are multiples of 1/60.
        long sixtieths = 0;
        long hard = 0;
        for (List<Vote> votes : counted) {
            long most = 0;
            for (Action action : Action.values()) {
                most = Math.max(most, count(votes, action));
            }
            sixtieths += most * 60 / votes.size();
            hard += count(votes, Action.BUY) > 0 && count(votes, Action.SELL) > 0 ? 1 : 0;
        }
        long whole = 60L * counted.size();
        if (sixtieths * 100 < whole * thresholds.minAgreementPercent()) {
            violated.add("AGREEMENT_LOW");
        }
        if (sixtieths * 100 > whole * thresholds.maxAgreementPercent()) {
            violated.add("AGREEMENT_HIGH");
        }
        if (hard * 100 > (long) counted.size() * thresholds.maxHardDisagreePercent()) {
            violated.add("HARD_DISAGREE");
        }
        return violated;
    }

    private static long count(List<Vote> votes, Action action) {
        return votes.stream().filter(vote -> vote.action() == action).count();
    }

    private static boolean isBelow(BigDecimal value, double least) {
        return value.compareTo(BigDecimal.valueOf(least).subtract(TOLERANCE)) < 0;
    }

    private static BigDecimal over(BigDecimal value, int count) {
        return value.divide(BigDecimal.valueOf(count), MathContext.DECIMAL128);
    }
}
