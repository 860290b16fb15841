package dev.qsc.cli;

import dev.qsc.api.EngineHost;
import dev.qsc.api.EngineHostSpec;
import dev.qsc.cli.CertificateOrder.Use;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code qsc host enroll}: let a host take canaries. */
@Command(
        name = "enroll",
        description =
                "Makes a certificate for a host and its EngineHost in the cluster, and prints the one command that"
                        + " root has to run on the host, where the package qsc-agent is installed. It holds the host's key: pipe"
                        + " it to ssh, and keep it nowhere.")
final class HostEnrollCommand implements Callable<Integer> {
    private static final Pattern UNIT = Pattern.compile("[A-Za-z0-9:_@][A-Za-z0-9:_.@-]*\\.service");
    private static final Pattern BASELINE = Pattern.compile("/[^\\p{Cntrl}]+");

    @ParentCommand
    private HostCommand command;

    @Parameters(paramLabel = "NAME", description = "The name of the EngineHost.")
    private String name;

    @Option(
            names = "--address",
            paramLabel = "https://HOST:PORT",
            description = "Where the operator reaches the agent; its port is 9443 unless you changed it.")
    private String address;

    @Mixin
    private ClusterOptions clusterOptions;

    @ArgGroup(exclusive = false, multiplicity = "0..*")
    private List<UnitOption> units = new ArrayList<>();

    @ArgGroup
    private IssuerOption issuer;

    @Option(
            names = "--days",
            paramLabel = "N",
            defaultValue = "365",
            description = "How long new certificates are good, 1 to 3650. Default: ${DEFAULT-VALUE}.")
    private int days;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            defaultValue = "1m",
            converter = DurationConverter.class,
            description = "How long to wait for cert-manager. Default: ${DEFAULT-VALUE}.")
    private Duration timeout;

    @Option(
            names = "--renew",
            description = "The EngineHost is there: give its host a new certificate, and trust none that it had.")
    private boolean renew;

    @Option(
            names = "--force",
            description = "With --renew: even while a canary may be there. Until the command was run on the host the"
                    + " operator does not trust it, and the canary goes home.")
    private boolean force;

    @Spec
    private CommandSpec spec;

    /** An engine that may be touched. */
    static final class UnitOption {
        @Option(
                names = "--unit",
                required = true,
                paramLabel = "UNIT",
                description =
                        "A systemd unit on the host whose canaries may be put in, such as quantum-ai_engine.service;"
                                + " as often as needed, each with its --baseline.")
        private String unit;

        @Option(
                names = "--baseline",
                required = true,
                paramLabel = "FILE",
                description = "Its present weights: the path of a JSON file on the host.")
        private String baseline;
    }

    /** A cert-manager issuer in place of an authority of our own. */
    static final class IssuerOption {
        @Option(
                names = "--issuer",
                paramLabel = "NAME",
                description =
                        "A cert-manager Issuer, in the operator's namespace, that signs instead of an authority of"
                                + " our own. It must be the same for all hosts and the operator.")
        private String issuer;

        @Option(names = "--cluster-issuer", paramLabel = "NAME", description = "The same, a ClusterIssuer.")
        private String clusterIssuer;
    }

    @Override
    public Integer call() {
        check();
        Shell shell = command.shell();
        try (Cluster cluster = clusterOptions.connect()) {
            EngineHost host = engineHost(cluster.findEngineHost(name), cluster.namespace());
            cluster.rehearse(host);
            if (renew && !force) {
                HostRollouts.checkHome(cluster, name);
            }
            Issuer signer = issuer(cluster, shell);
            OperatorIdentity operator = OperatorIdentity.ensure(
                    cluster, signer, validity(), shell.clock().instant(), shell::note);
            Issued identity = signer.issue(new CertificateOrder(
                    HostCertificate.secret(cluster, name),
                    Use.SERVER,
                    host.getSpec().serverName(),
                    validity()));
            operator.checkTrust(identity);
            // The last step: what went wrong before it leaves nothing that is trusted.
            cluster.apply(host);
            shell.print(new HostBundle(identity, operator.names(), bundled()).command());
            shell.note("EngineHost %s/%s %s; run the printed command on the host, as root"
                    .formatted(cluster.namespace(), name, renew ? "trusts a new certificate only" : "is there"));
            return ExitCode.GO;
        }
    }

    private void check() {
        if (days < 1 || days > 3650) {
            throw wrong("--days is 1 to 3650, not " + days);
        }
        if (force && !renew) {
            throw wrong("--force is for --renew");
        }
        for (UnitOption option : units) {
            if (!UNIT.matcher(option.unit).matches()) {
                throw wrong("--unit is the full name of a systemd service, such as quantum-ai_engine.service, not '%s'"
                        .formatted(Printable.text(option.unit)));
            }
            if (!BASELINE.matcher(option.baseline).matches()) {
                throw wrong("--baseline is the absolute path of a file on the host, not '%s'"
                        .formatted(Printable.text(option.baseline)));
            }
        }
    }

    private ParameterException wrong(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }

    /** As it will be: with a name that only the certificate to come will carry. */
    private EngineHost engineHost(Optional<EngineHost> before, String namespace) {
        if (before.isPresent() && !renew) {
            throw new NoAnswerException(
                    "EngineHost %s/%s is there already: give --renew for a new certificate, which ends the trust in its present one"
                            .formatted(namespace, name));
        }
        if (before.isEmpty() && renew) {
            throw new NoAnswerException(
                    "There is no EngineHost %s in namespace %s to renew".formatted(name, namespace));
        }
        String there = Optional.ofNullable(address)
                .or(() -> before.map(host -> host.getSpec().address()))
                .orElseThrow(() -> wrong("Where does the agent answer? Give --address https://HOST:PORT"));
        EngineHost host = new EngineHost();
        host.setMetadata(
                new ObjectMetaBuilder().withNamespace(namespace).withName(name).build());
        host.setSpec(new EngineHostSpec(there, HostCertificate.freshServerName(name)));
        return host;
    }

    private Issuer issuer(Cluster cluster, Shell shell) {
        if (issuer == null) {
            return OwnAuthority.of(cluster, shell.clock().instant());
        }
        return issuer.issuer != null
                ? new CertManager(cluster, "Issuer", issuer.issuer, timeout)
                : new CertManager(cluster, "ClusterIssuer", issuer.clusterIssuer, timeout);
    }

    private Duration validity() {
        return Duration.ofDays(days);
    }

    private List<HostBundle.Unit> bundled() {
        return units.stream()
                .map(option -> new HostBundle.Unit(option.unit, option.baseline))
                .toList();
    }
}
