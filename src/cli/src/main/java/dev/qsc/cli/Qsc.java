package dev.qsc.cli;

import dev.qsc.telemetry.TelemetryException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program {@code qsc}: judges events without a cluster, sets up hosts, and checks their ledgers. */
@Command(
        name = "qsc",
        description = "Judges AI models by their events, from a Redis stream or a recording, without a cluster; sets up"
                + " the hosts that run their engines, and checks what those wrote down.",
        mixinStandardHelpOptions = true,
        versionProvider = Qsc.Version.class,
        scope = CommandLine.ScopeType.INHERIT,
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeOnExecutionException = ExitCode.ERROR,
        footerHeading = "%nExit codes:%n",
        footer = {
            "   0   go: passed, all GO, would have gone through, recorded, intact, in order",
            "   1   no answer: a file, a server or the output failed",
            "   2   no-go: a rule, a ledger or a host is not in order, or no evidence",
            "   3   not yet: collection complete, scoreboard waits, recording ended first",
            "  64   the command line is wrong"
        })
public final class Qsc implements Callable<Integer> {
    private static final Map<String, Supplier<Callable<Integer>>> COMMANDS = commands();

    private final Shell shell;

    @Spec
    private CommandSpec spec;

    Qsc(Shell shell) {
        this.shell = shell;
    }

    /**
     * Runs the program and ends the process.
     *
     * @param arguments a command and its options
     */
    public static void main(String[] arguments) {
        Shell shell = new Shell(
                new FileOutputStream(FileDescriptor.out),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                System.getenv(),
                Boolean.getBoolean("qsc.terminal"),
                Clock.tickSeconds(ZoneOffset.UTC));
        System.exit(guarded(shell, arguments));
    }

    private static Map<String, Supplier<Callable<Integer>>> commands() {
        Map<String, Supplier<Callable<Integer>>> commands = new LinkedHashMap<>();
        commands.put("gate", GateCommand::new);
        commands.put("scoreboard", ScoreboardCommand::new);
        commands.put("replay", ReplayCommand::new);
        commands.put("record", RecordCommand::new);
        commands.put("host", HostCommand::new);
        commands.put("audit", AuditCommand::new);
        commands.put("train", TrainCommand::new);
        return commands;
    }

    /** picocli lets pass what is no exception. */
    private static int guarded(Shell shell, String[] arguments) {
        try {
            return run(shell, arguments);
        } catch (OutOfMemoryError e) {
            return noAnswer(shell, e);
        }
    }

    /** Runs the program. */
    static int run(Shell shell, String... arguments) {
        CommandLine line = new CommandLine(new Qsc(shell));
        Supplier<Callable<Integer>> asked = arguments.length == 0 ? null : COMMANDS.get(arguments[0]);
        if (asked != null) {
            line.addSubcommand(asked.get()); // building the others too would only cost time
        } else {
            COMMANDS.values().forEach(command -> line.addSubcommand(command.get()));
            line.addSubcommand(new GenerateCompletion());
        }
        return line.setCommandName(System.getProperty("qsc.name", "qsc"))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(shell.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(shell.err(), true, StandardCharsets.UTF_8))
                .setParameterExceptionHandler((e, _) -> wrongCommandLine(shell, e))
                .setExecutionExceptionHandler((e, _, _) -> noAnswer(shell, e))
                .execute(arguments);
    }

    /** Without a command there is nothing to do. */
    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "Name a command, such as gate");
    }

    Shell shell() {
        return shell;
    }

    private static int wrongCommandLine(Shell shell, ParameterException e) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        shell.note(e.getMessage() + ". See " + command + " --help");
        return ExitCode.USAGE;
    }

    private static int noAnswer(Shell shell, Throwable e) {
        if (Stream.iterate(e, cause -> cause != null, Throwable::getCause)
                .anyMatch(OutOfMemoryError.class::isInstance)) {
            shell.note("The memory does not suffice: ask for fewer --max-events, or set QSC_JAVA_OPTIONS=-Xmx512m");
            return ExitCode.ERROR;
        }
        boolean isKnown =
                e instanceof TelemetryException || e instanceof NoAnswerException || e instanceof UncheckedIOException;
        shell.note(isKnown ? e.getMessage() : "Unexpected: " + e);
        return ExitCode.ERROR;
    }

    /** The version of the archive that this runs from. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Optional.ofNullable(Qsc.class.getPackage().getImplementationVersion())
                    .orElse("development");
            return new String[] {"qsc " + version};
        }
    }
}
