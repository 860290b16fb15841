package dev.qsc.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.qsc.quality.StreamId;
import dev.qsc.telemetry.JsonlRecording;
import dev.qsc.telemetry.Recorder;
import dev.qsc.telemetry.RedisStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code qsc record}: keep a stretch of a stream as a file. */
@Command(
        name = "record",
        description = "Writes what a Redis stream holds to a recording, which gate, scoreboard and replay read.")
final class RecordCommand implements Callable<Integer> {
    @ParentCommand
    private Qsc qsc;

    @Mixin
    private RedisOptions redis;

    @Option(
            names = "--after",
            paramLabel = "TIME",
            converter = Timestamps.class,
            description = "The first moment that is recorded. Default: the beginning of the stream.")
    private Instant after;

    @Option(
            names = "--until",
            paramLabel = "TIME",
            converter = Timestamps.class,
            description = "The last moment that is recorded. Default: now.")
    private Instant until;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description =
                    "Where the recording goes; *.gz is compressed. It appears when it is complete. Default: standard"
                            + " output.")
    private Path file;

    @Override
    public Integer call() {
        Shell shell = qsc.shell();
        try (RedisStream stream = redis.stream(shell)) {
            Recorder.Summary summary = file == null ? toOutput(stream, shell) : toFile(stream);
            summary.notice().ifPresent(shell::note);
            shell.note("%d entries recorded, the newest is %s".formatted(summary.entries(), summary.last()));
            return ExitCode.GO;
        } catch (IOException e) {
            if (file == null && Shell.isBrokenPipe(e)) {
                return ExitCode.GO;
            }
            throw new UncheckedIOException("The recording cannot be written: " + e.getMessage(), e);
        }
    }

    private Recorder.Summary toOutput(RedisStream stream, Shell shell) throws IOException {
        Writer out = new BufferedWriter(new OutputStreamWriter(shell.out(), UTF_8));
        Recorder.Summary summary = record(stream, out);
        out.flush();
        return summary;
    }

    /** By way of a neighbour, so that a file of this name is complete; a pipe or device has no need of one. */
    private Recorder.Summary toFile(RedisStream stream) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            return toPath(stream, file);
        }
        Path part = file.resolveSibling("part-" + file.getFileName());
        try {
            Recorder.Summary summary = toPath(stream, part);
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
            return summary;
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private Recorder.Summary toPath(RedisStream stream, Path path) throws IOException {
        try (Writer out = JsonlRecording.create(path)) {
            return record(stream, out);
        }
    }

    private Recorder.Summary record(RedisStream stream, Writer out) throws IOException {
        StreamId from = after == null ? StreamId.ZERO : StreamId.firstAt(after);
        StreamId to = until == null
                ? StreamId.MAX
                : StreamId.firstAt(until.truncatedTo(ChronoUnit.MILLIS).plusMillis(1))
                        .previous();
        return Recorder.record(stream, from, to, out);
    }
}
