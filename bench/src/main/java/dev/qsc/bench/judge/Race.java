package dev.qsc.bench.judge;

import dev.qsc.bench.Spread;
import java.util.ArrayList;
import java.util.List;

/**
 * A program against its yardstick, run in turn so that a noise of the machine meets both alike.
 *
 * @param runner milliseconds of the program
 * @param yardstick milliseconds of the yardstick
 */
record Race(Spread runner, Spread yardstick) {

    static Race of(int rounds, Program runner, Program yardstick) {
        List<Double> runs = new ArrayList<>();
        List<Double> yardsticks = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            yardsticks.add(yardstick.run());
            runs.add(runner.run());
        }
        return new Race(Spread.of(runs), Spread.of(yardsticks));
    }

    /** How many times the yardstick the program took, by the medians. */
    double ratio() {
        return runner.median() / yardstick.median();
    }
}
