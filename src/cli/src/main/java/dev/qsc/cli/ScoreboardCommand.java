package dev.qsc.cli;

import dev.qsc.quality.GateSettings;
import dev.qsc.quality.Scoreboard;
import dev.qsc.quality.StreamId;
import dev.qsc.quality.Thresholds;
import dev.qsc.quality.Window;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** {@code qsc scoreboard}: where does every model stand? */
@Command(
        name = "scoreboard",
        description =
                "Shows where every model stands: GO, WAIT or NO-GO, by the rules of the monitor, with the distance to"
                        + " each threshold, and before and after the cutover.")
final class ScoreboardCommand implements Callable<Integer> {
    @ParentCommand
    private Qsc qsc;

    @Mixin
    private SourceOptions sourceOptions;

    @Mixin
    private CutoverOption cutover;

    @Mixin
    private JudgeOptions judge;

    @Mixin
    private ReportOptions reporting;

    @Override
    public Integer call() {
        Shell shell = qsc.shell();
        GateSettings settings = judge.gate(Mode.CANARY.minimum(), Mode.CANARY.minimum());
        Thresholds thresholds = judge.thresholds();
        int maxEvents = judge.maxEvents();
        try (Source source = sourceOptions.open(shell)) {
            Window window = source.newest(cutover.oldest(), StreamId.MAX, maxEvents);
            ScoreboardReport report = new ScoreboardReport(
                    source.toString(),
                    cutover.after(),
                    maxEvents,
                    settings,
                    thresholds,
                    window,
                    Scoreboard.of(
                            window,
                            cutover.before(source, maxEvents),
                            settings,
                            thresholds,
                            shell.clock().instant()));
            shell.print(document(report, shell));
            return report.exitCode();
        }
    }

    private String document(ScoreboardReport report, Shell shell) {
        return switch (reporting.format()) {
            case TEXT -> ScoreboardText.document(report, shell.hasColours());
            case MARKDOWN -> ScoreboardMarkdown.document(report);
            case JSON -> ScoreboardJson.document(report);
        };
    }
}
