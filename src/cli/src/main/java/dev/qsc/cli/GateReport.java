package dev.qsc.cli;

import dev.qsc.quality.Comparison;
import dev.qsc.quality.GateResult;
import dev.qsc.quality.GateSettings;
import dev.qsc.quality.Thresholds;
import dev.qsc.quality.Window;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The gate's answer, and what was asked.
 *
 * @param at when it was made
 * @param source what was read
 * @param after the cutover; empty to judge the newest events whenever they were
 * @param maxEvents the most events that were asked for
 * @param window what was judged
 * @param comparison every model before and after the cutover; empty when nothing was asked about before
 */
record GateReport(
        Instant at,
        String source,
        Mode mode,
        Optional<Instant> after,
        int maxEvents,
        GateSettings settings,
        Thresholds thresholds,
        Window window,
        GateResult result,
        List<Comparison> comparison) {
    /** The answer in a word: a collection is never a PASS, so that it cannot be taken for one. */
    enum Verdict {
        PASS(ExitCode.GO),
        FAIL(ExitCode.NO_GO),
        COLLECTED(ExitCode.NOT_YET);

        private final int exitCode;

        Verdict(int exitCode) {
            this.exitCode = exitCode;
        }

        int exitCode() {
            return exitCode;
        }
    }

    Verdict verdict() {
        if (!result.passed()) {
            return Verdict.FAIL;
        }
        return mode == Mode.CANARY ? Verdict.PASS : Verdict.COLLECTED;
    }

    /** Usable events that a canary would still need. */
    long missingEvents() {
        return Math.max(0, Mode.CANARY.minimum() - result.counters().usable());
    }

    /** Valid predictions that a canary would still need, of each judged model that has too few. */
    Map<String, Integer> missingSamples() {
        Map<String, Integer> missing = new LinkedHashMap<>();
        settings.canary().ifPresent(canary -> missing.put(canary, Mode.CANARY.minimum()));
        result.models()
                .forEach(model -> missing.put(
                        model.model(), Mode.CANARY.minimum() - model.figures().valid()));
        missing.values().removeIf(count -> count <= 0);
        return missing;
    }
}
