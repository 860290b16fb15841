package dev.qsc.cli;

import dev.qsc.quality.GateSettings;
import dev.qsc.quality.Thresholds;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Who is judged, and by which numbers. */
final class JudgeOptions {
    @Option(names = "--canary", paramLabel = "MODEL", description = "The model that must be there.")
    private String canary;

    @Option(
            names = "--models",
            defaultValue = "all",
            paramLabel = "WHICH",
            description = "Whose predictions are judged: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Judged judged;

    @Option(
            names = "--min-voters",
            defaultValue = "3",
            paramLabel = "N",
            description = "Fewest models with a valid prediction that make an event count for agreement and hard"
                    + " disagreement. Default: ${DEFAULT-VALUE}.")
    private int minVoters;

    @Option(
            names = "--max-events",
            defaultValue = "2000",
            paramLabel = "N",
            description = "The most usable events that are judged: the newest ones. Default: ${DEFAULT-VALUE}.")
    private int maxEvents;

    @Option(
            names = "--threshold",
            paramLabel = "NAME=VALUE",
            description = "A threshold under its name in spec.thresholds of a CanaryRollout, such as maxClassShare=75"
                    + " or minStdDev=0.04. May be given several times.")
    private Map<String, String> thresholds = new LinkedHashMap<>();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    Optional<String> canary() {
        return Optional.ofNullable(canary);
    }

    Judged judged() {
        return judged;
    }

    int maxEvents() {
        return valid(() -> {
            if (maxEvents < 1) {
                throw new IllegalArgumentException("--max-events is at least 1, not " + maxEvents);
            }
            return maxEvents;
        });
    }

    /** What a gate asks for that needs so many events, and of each judged model so many valid predictions. */
    GateSettings gate(int minEvents, int minSamples) {
        return valid(() -> {
            if (canary == null && judged == Judged.CANARY) {
                throw new IllegalArgumentException("--models canary needs the name of the model: add --canary MODEL");
            }
            if (minVoters < 1) {
                throw new IllegalArgumentException("--min-voters is at least 1, not " + minVoters);
            }
            return new GateSettings(minEvents, minSamples, minVoters, judged.models(), canary());
        });
    }

    Thresholds thresholds() {
        return valid(() -> ThresholdNames.overriding(thresholds));
    }

    /** What is wrong with a value is wrong with the command line. */
    <T> T valid(Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
    }
}
