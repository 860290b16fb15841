package dev.qsc.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code qsc host doctor}: what is wrong with a host, as far as it can be seen from outside? */
@Command(
        name = "doctor",
        description =
                "Looks at an EngineHost and, with the operator's certificate, at its agent, and changes nothing: a"
                        + " line for each thing, OK, WARN or FAIL with what to do. Calls the agent from this machine, so it has to"
                        + " be reachable from here.")
final class HostDoctorCommand implements Callable<Integer> {
    @ParentCommand
    private HostCommand command;

    @Parameters(paramLabel = "NAME", description = "The name of the EngineHost.")
    private String name;

    @Mixin
    private ClusterOptions clusterOptions;

    @Override
    public Integer call() {
        Shell shell = command.shell();
        try (Cluster cluster = clusterOptions.connect()) {
            List<Finding> findings = HostExamination.of(cluster, name, shell.clock());
            StringBuilder text = new StringBuilder();
            findings.forEach(finding -> text.append(finding.line(shell.hasColours())));
            text.append("qsc-agent doctor, run by root on the host, looks at the rest.\n");
            shell.print(text.toString());
            return findings.stream().anyMatch(finding -> finding.grade() == Finding.Grade.FAIL)
                    ? ExitCode.NO_GO
                    : ExitCode.GO;
        }
    }
}
