package dev.qsc.cli;

import dev.qsc.quality.GateSettings;
import dev.qsc.quality.Scoreboard;
import dev.qsc.quality.Standing;
import dev.qsc.quality.Thresholds;
import dev.qsc.quality.Window;
import java.time.Instant;
import java.util.Optional;

/**
 * A scoreboard, and what was asked.
 *
 * @param source what was read
 * @param after the cutover; empty to judge the newest events whenever they were
 * @param maxEvents the most events that were asked for
 * @param window what was judged
 */
record ScoreboardReport(
        String source,
        Optional<Instant> after,
        int maxEvents,
        GateSettings settings,
        Thresholds thresholds,
        Window window,
        Scoreboard board) {
    /** The overall standing as people know it: {@code ALL-GO}, {@code WAIT}, {@code NO-GO}. */
    String overall() {
        return board.overall() == Standing.GO ? "ALL-GO" : board.overall().title();
    }

    int exitCode() {
        return switch (board.overall()) {
            case GO -> ExitCode.GO;
            case WAIT -> ExitCode.NOT_YET;
            case NO_GO -> ExitCode.NO_GO;
        };
    }

    /** What stands behind the overall standing, a sentence for people. */
    String sentence() {
        return switch (board.overall()) {
            case GO -> "every rule holds over " + Numbers.count(board.counters().usable(), "usable event");
            case WAIT -> board.waitsFor().orElse("there is too little evidence");
            case NO_GO ->
                Numbers.count(board.violations().size(), "violation") + " over "
                        + Numbers.count(board.counters().usable(), "usable event");
        };
    }
}
