package dev.qsc.cli;

import dev.qsc.quality.Comparison;
import dev.qsc.quality.Gate;
import dev.qsc.quality.GateSettings;
import dev.qsc.quality.StreamId;
import dev.qsc.quality.Thresholds;
import dev.qsc.quality.Window;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code qsc gate}: may a canary be activated? */
@Command(
        name = "gate",
        description = "Says whether a canary may be activated: applies every rule of the gate to the newest events.")
final class GateCommand implements Callable<Integer> {
    @ParentCommand
    private Qsc qsc;

    @Mixin
    private SourceOptions sourceOptions;

    @Mixin
    private CutoverOption cutover;

    @Mixin
    private JudgeOptions judge;

    @Option(
            names = "--mode",
            defaultValue = "canary",
            paramLabel = "MODE",
            description =
                    "canary: 200 events and samples. collection: 100, and exit code 3 when they are complete and in"
                            + " order; it never enables a rollout. Default: ${DEFAULT-VALUE}.")
    private Mode mode;

    @Mixin
    private ReportOptions reporting;

    @Override
    public Integer call() {
        Shell shell = qsc.shell();
        GateSettings settings = judge.gate(mode.minimum(), mode.minimum());
        Thresholds thresholds = judge.thresholds();
        int maxEvents = judge.maxEvents();
        try (Source source = sourceOptions.open(shell)) {
            Window window = source.newest(cutover.oldest(), StreamId.MAX, maxEvents);
            GateReport report = new GateReport(
                    shell.clock().instant(),
                    source.toString(),
                    mode,
                    cutover.after(),
                    maxEvents,
                    settings,
                    thresholds,
                    window,
                    Gate.judge(window, settings, thresholds),
                    comparison(source, window));
            shell.print(document(report, shell));
            return report.verdict().exitCode();
        }
    }

    /** Only the document to keep compares: what lies before the cutover has to be read for it. */
    private List<Comparison> comparison(Source source, Window window) {
        return reporting.format() == Format.MARKDOWN
                ? cutover.before(source, judge.maxEvents())
                        .map(before -> Comparison.of(before, window))
                        .orElse(List.of())
                : List.of();
    }

    private String document(GateReport report, Shell shell) {
        return switch (reporting.format()) {
            case TEXT -> GateText.document(report, shell.hasColours());
            case MARKDOWN -> GateMarkdown.document(report);
            case JSON -> GateJson.document(report);
        };
    }
}
