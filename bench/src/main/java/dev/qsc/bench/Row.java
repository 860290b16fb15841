package dev.qsc.bench;

import java.util.OptionalDouble;

/**
 * A line of the table.
 *
 * @param what what was measured; a yardstick is named as one
 * @param spread what it gave
 * @param unit how that is written
 * @param ratio how many times as long as its yardstick it took in the same run; empty for none
 * @param target what it ought to be
 */
public record Row(String what, Spread spread, Unit unit, OptionalDouble ratio, Target target) {

    /** A figure by itself. */
    public static Row of(String what, Spread spread, Unit unit) {
        return new Row(what, spread, unit, OptionalDouble.empty(), new Target.None());
    }

    /** This line with how long it took, compared to its yardstick, by the medians. */
    public Row against(Spread yardstick, Spread time) {
        return new Row(what, spread, unit, OptionalDouble.of(time.median() / yardstick.median()), target);
    }

    /** This line with a target. */
    public Row aimingAt(Target target) {
        return new Row(what, spread, unit, ratio, target);
    }
}
