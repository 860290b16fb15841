package dev.qsc.cli;

import dev.qsc.telemetry.RedisAddress;
import dev.qsc.telemetry.RedisStream;
import dev.qsc.telemetry.TelemetryException;
import dev.qsc.telemetry.TelemetryException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which Redis stream. */
final class RedisOptions {
    private static final String REDIS_URL = "QSC_REDIS_URL";

    @Option(
            names = "--redis",
            paramLabel = "URL",
            description = "Redis: redis://[[user]:password@]host[:port][/database], or rediss:// for TLS. Default: the"
                    + " environment variable " + REDIS_URL
                    + ", which is the place for a URL with a password: everybody on"
                    + " this machine can read a command line.")
    private String url;

    @Option(
            names = "--redis-ca",
            paramLabel = "FILE",
            description = "Certificates, PEM, by which a rediss:// server is trusted. Default: those of Java.")
    private Path ca;

    @Option(
            names = "--stream",
            defaultValue = "quantum:stream:trade.intent",
            paramLabel = "KEY",
            description = "Key of the stream. Default: ${DEFAULT-VALUE}.")
    private String stream;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** Whether a server stands on the command line. */
    boolean isGiven() {
        return url != null;
    }

    /** The stream; it is connected to when it is read. */
    RedisStream stream(Shell shell) {
        String address = Optional.ofNullable(url)
                .or(() -> Optional.ofNullable(shell.environment().get(REDIS_URL)))
                .orElseThrow(() -> new ParameterException(
                        command.commandLine(), "Where are the events? Give --redis URL" + alternative()));
        return RedisStream.open(trusted(parse(address)), stream);
    }

    private String alternative() {
        return command.findOption("--events") == null ? "" : " or --events FILE";
    }

    private RedisAddress parse(String address) {
        try {
            return RedisAddress.parse(address);
        } catch (TelemetryException e) {
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
    }

    private RedisAddress trusted(RedisAddress address) {
        try {
            return ca == null ? address : address.withCa(Files.readString(ca));
        } catch (NoSuchFileException e) {
            throw new TelemetryException(Kind.FILE, "There is no file " + ca, e);
        } catch (IOException e) {
            throw new TelemetryException(Kind.FILE, ca + " cannot be read: " + e.getMessage(), e);
        }
    }
}
