package dev.qsc.cli;

import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where events come from: a recording or a Redis stream. */
final class SourceOptions {
    @Option(
            names = "--events",
            paramLabel = "FILE",
            description =
                    "A recording instead of a stream: one entry a line, as qsc record writes it; *.gz is compressed.")
    private Path recording;

    @Mixin
    private RedisOptions redis;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** What was asked for; it is opened when it is read. */
    Source open(Shell shell) {
        if (recording == null) {
            return new Source.Stream(redis.stream(shell), shell);
        }
        if (redis.isGiven()) {
            throw new ParameterException(command.commandLine(), "Give one of --redis and --events, not both");
        }
        return new Source.Recording(recording);
    }
}
