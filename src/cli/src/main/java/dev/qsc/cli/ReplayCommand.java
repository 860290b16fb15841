package dev.qsc.cli;

import dev.qsc.quality.GateSettings;
import dev.qsc.quality.MonitorSettings;
import dev.qsc.quality.Replay;
import dev.qsc.quality.ReplaySettings;
import dev.qsc.quality.ReplayStep;
import dev.qsc.quality.Thresholds;
import dev.qsc.quality.Tolerance;
import dev.qsc.quality.Window;
import dev.qsc.telemetry.JsonlRecording;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code qsc replay}: what would a rollout have done? */
@Command(
        name = "replay",
        description =
                "Says what a rollout would have done, had a recording been live: every question to the gate, every"
                        + " check of the monitor, what would have rolled back, when and why. Time is that of the recording.")
final class ReplayCommand implements Callable<Integer> {
    @ParentCommand
    private Qsc qsc;

    @Option(
            names = "--events",
            required = true,
            paramLabel = "FILE",
            description = "The recording: one entry a line, as qsc record writes it; *.gz is compressed.")
    private Path recording;

    @Mixin
    private CutoverOption cutover;

    @Option(
            names = "--activated-at",
            paramLabel = "TIME",
            converter = Timestamps.class,
            description = "When the canary went in. Then the gate is not asked. Default: when the gate passes.")
    private Instant activatedAt;

    @Mixin
    private JudgeOptions judge;

    @Option(
            names = "--monitor-models",
            defaultValue = "canary",
            paramLabel = "WHICH",
            description = "Whose predictions the monitor judges: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Judged monitored;

    @Option(
            names = "--min-events",
            defaultValue = "200",
            paramLabel = "N",
            description = "Fewest usable events that the gate asks for. Default: ${DEFAULT-VALUE}.")
    private int minEvents;

    @Option(
            names = "--min-samples",
            defaultValue = "200",
            paramLabel = "N",
            description = "Fewest valid predictions of a model that gate and monitor judge. Default: ${DEFAULT-VALUE}.")
    private int minSamples;

    @Option(
            names = "--gate-timeout",
            defaultValue = "6h",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long the gate may wait. Default: ${DEFAULT-VALUE}.")
    private Duration gateTimeout;

    @Option(
            names = "--interval",
            defaultValue = "30s",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "Time from check to check, and length of a slot. Default: ${DEFAULT-VALUE}.")
    private Duration interval;

    @Option(names = "--continuous", description = "Checks are also made as events arrive, at most four times a second.")
    private boolean isContinuous;

    @Option(
            names = "--window",
            defaultValue = "30m",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How far back a check looks. Default: ${DEFAULT-VALUE}.")
    private Duration window;

    @Option(
            names = "--duration",
            defaultValue = "6h",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long the canary must be seen to be healthy. Default: ${DEFAULT-VALUE}.")
    private Duration duration;

    @Option(
            names = "--warmup",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long the first healthy check may take to come. Default: --duration.")
    private Duration warmup;

    @Option(
            names = "--no-data-timeout",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description =
                    "How long the stream may bring no usable event. Default: 20 times the mean gap between the gate's"
                            + " events, at least 5m.")
    private Duration noDataTimeout;

    @Option(
            names = "--failures",
            defaultValue = "1",
            paramLabel = "N",
            description = "Roll back when this many of the last checks failed. Default: ${DEFAULT-VALUE}.")
    private int failures;

    @Option(
            names = "--of",
            paramLabel = "N",
            description = "Among how many of the last checks failures are counted. Default: --failures.")
    private Integer of;

    @Mixin
    private ReportOptions reporting;

    @Override
    public Integer call() {
        Shell shell = qsc.shell();
        ReplaySettings settings = judge.valid(this::settings);
        Thresholds thresholds = judge.thresholds();
        ReplayReport report = report(settings, thresholds, shell);
        try (JsonlRecording entries = JsonlRecording.open(recording)) {
            ReplayStep.End end = Replay.run(entries, settings, thresholds, report::add);
            shell.print(report.rest());
            return exitCode(end);
        }
    }

    private ReplayReport report(ReplaySettings settings, Thresholds thresholds, Shell shell) {
        return switch (reporting.format()) {
            case TEXT -> new ReplayText(settings, thresholds, recording.toString(), shell.hasColours());
            case MARKDOWN -> new ReplayMarkdown(settings, thresholds, recording.toString());
            case JSON -> new ReplayJson(settings, thresholds, recording.toString(), shell);
        };
    }

    private ReplaySettings settings() {
        GateSettings gate = judge.gate(minEvents, minSamples);
        String canary = judge.canary()
                .orElseThrow(() -> new IllegalArgumentException("A replay watches a canary: add --canary MODEL"));
        MonitorSettings monitor = monitor(canary, gate, Window.EMPTY);
        return new ReplaySettings(
                cutover.after(),
                Optional.ofNullable(activatedAt),
                gate,
                judge.maxEvents(),
                gateTimeout,
                events -> noDataTimeout == null ? monitor(canary, gate, events) : monitor,
                isContinuous ? ReplaySettings.Mode.CONTINUOUS : ReplaySettings.Mode.INTERVAL,
                interval,
                duration,
                warmup == null ? duration : warmup,
                new Tolerance(failures, of == null ? failures : of));
    }

    private MonitorSettings monitor(String canary, GateSettings gate, Window events) {
        Duration silence = noDataTimeout == null ? MonitorSettings.noDataTimeoutAfter(events) : noDataTimeout;
        return new MonitorSettings(canary, window, minSamples, gate.minVoters(), monitored.models(), silence);
    }

    private static int exitCode(ReplayStep.End end) {
        return switch (end.outcome()) {
            case COMPLETED -> ExitCode.GO;
            case RECORDING_ENDED -> ExitCode.NOT_YET;
            case ROLLED_BACK, INCONCLUSIVE, GATE_BLOCKED, MONITOR_WOULD_FAIL, GATE_TIMED_OUT -> ExitCode.NO_GO;
        };
    }
}
