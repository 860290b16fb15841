package dev.qsc.cli;

import dev.qsc.agent.api.AgentClient;
import dev.qsc.api.EngineHost;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code qsc audit verify}: is a host's ledger what it wrote? */
@Command(
        name = "verify",
        description =
                "Checks the chain of a host's ledger, and names the first record that was changed, removed, repeated,"
                        + " moved or torn. Only an anchor"
                        + " shows that records were cut off its end: what the EngineHost in the cluster remembers of the"
                        + " ledger.")
final class AuditVerifyCommand implements Callable<Integer> {
    @ParentCommand
    private AuditCommand audit;

    @Parameters(
            paramLabel = "FILE",
            arity = "0..*",
            description =
                    "All files of the ledger in any order, or directories with them: qsc_canary.jsonl and the older"
                            + " qsc_canary.*.jsonl of /var/log/qsc.")
    private List<Path> files = List.of();

    @Option(
            names = "--host",
            paramLabel = "NAME",
            description = "Instead of files: read the ledger through the agent of this EngineHost, and take the anchor"
                    + " from its status.")
    private String host;

    @Option(
            names = "--engine-host",
            paramLabel = "NAME",
            description = "Files: take the anchor from the status of this EngineHost.")
    private String engineHost;

    @Option(
            names = "--anchor",
            paramLabel = "SEQ:HASH",
            converter = Anchor.Converter.class,
            description = "Files: a record that must be there, by its number and hash.")
    private Anchor anchor;

    @Mixin
    private ClusterOptions clusterOptions;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "text",
            paramLabel = "FORMAT",
            description = "How the result is written: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Output output;

    @Spec
    private CommandSpec spec;

    /** How the result is written. */
    enum Output {
        TEXT,
        JSON;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    public Integer call() {
        if (files.isEmpty() == (host == null)) {
            throw new ParameterException(spec.commandLine(), "Give the FILEs of a ledger, or --host NAME");
        }
        if (Stream.of(host, engineHost, anchor).filter(Objects::nonNull).count() > 1) {
            throw new ParameterException(
                    spec.commandLine(), "Give one anchor: --host has its own, files take --engine-host or --anchor");
        }
        Shell shell = audit.shell();
        AuditReport report = host == null
                ? ofFiles(shell.clock().instant())
                : ofHost(shell.clock().instant());
        shell.print(output == Output.JSON ? report.json() : report.text(shell.hasColours()));
        return report.exitCode();
    }

    private AuditReport ofFiles(Instant now) {
        List<Path> ledger = LedgerFiles.inOrder(files);
        LedgerChain chain = new LedgerChain(anchorOfFiles());
        ledger.forEach(file -> chain.follow(file.toString(), LedgerFiles.read(file)));
        return AuditReport.of(now, ledger.stream().map(Path::toString).toList(), chain);
    }

    private Optional<Anchor> anchorOfFiles() {
        if (engineHost == null) {
            return Optional.ofNullable(anchor);
        }
        try (Cluster cluster = clusterOptions.connect()) {
            return Optional.of(HostLedger.anchor(cluster.engineHost(engineHost)));
        }
    }

    private AuditReport ofHost(Instant now) {
        try (Cluster cluster = clusterOptions.connect()) {
            EngineHost engine = cluster.engineHost(host);
            LedgerChain chain = new LedgerChain(Optional.of(HostLedger.anchor(engine)));
            try (AgentClient agent = OperatorIdentity.of(cluster).agent(engine.getSpec())) {
                HostLedger.follow(agent, host, chain);
            }
            return AuditReport.of(now, List.of("the agent of " + host), chain);
        }
    }
}
