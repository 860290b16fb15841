package dev.qsc.cli;

import dev.qsc.api.EngineHost;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code qsc host revoke}: end the trust in a host. */
@Command(
        name = "revoke",
        description = "Deletes the EngineHost, and with it the trust in its host's certificate, also if the host is"
                + " enrolled again. Refuses while a rollout has a canary there.")
final class HostRevokeCommand implements Callable<Integer> {
    private static final String FINISH = """
            To finish, on the host, as root:
              systemctl disable --now qsc-agent.socket qsc-agent.service
              rm -rf /etc/qsc-agent/tls /etc/qsc-agent/agent.yaml
            or remove the package qsc-agent, which brings engines home first.
            """;

    @ParentCommand
    private HostCommand command;

    @Parameters(paramLabel = "NAME", description = "The name of the EngineHost.")
    private String name;

    @Mixin
    private ClusterOptions clusterOptions;

    @Option(
            names = "--force",
            description =
                    "Even while a canary may be there. The operator can no longer see or call the host, which goes"
                            + " home by itself when the lease ends.")
    private boolean force;

    @Override
    public Integer call() {
        Shell shell = command.shell();
        try (Cluster cluster = clusterOptions.connect()) {
            if (!force) {
                HostRollouts.checkHome(cluster, name);
            }
            Optional<EngineHost> host = cluster.findEngineHost(name);
            host.ifPresent(cluster::delete);
            if (!HostCertificate.remove(cluster, name) && host.isEmpty()) {
                throw new NoAnswerException(
                        "There is no EngineHost %s in namespace %s".formatted(name, cluster.namespace()));
            }
            shell.print("EngineHost %s/%s is revoked: no certificate that its host had is trusted any more.\n%s"
                    .formatted(cluster.namespace(), name, FINISH));
            return ExitCode.GO;
        }
    }
}
