package dev.qsc.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code qsc host}: the hosts that run engines. */
@Command(
        name = "host",
        description =
                "Makes hosts known to the cluster and the cluster to hosts, ends that, and says what is wrong with one.",
        subcommands = {HostEnrollCommand.class, HostRevokeCommand.class, HostDoctorCommand.class})
final class HostCommand implements Callable<Integer> {
    @ParentCommand
    private Qsc qsc;

    @Spec
    private CommandSpec spec;

    /** Without a command there is nothing to do. */
    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "Name a command, such as enroll");
    }

    Shell shell() {
        return qsc.shell();
    }
}
