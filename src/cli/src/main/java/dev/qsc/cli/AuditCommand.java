package dev.qsc.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code qsc audit}: what became of engines. */
@Command(
        name = "audit",
        description = "Checks the ledgers in which hosts write down what became of their engines.",
        subcommands = AuditVerifyCommand.class)
final class AuditCommand implements Callable<Integer> {
    @ParentCommand
    private Qsc qsc;

    @Spec
    private CommandSpec spec;

    /** Without a command there is nothing to do. */
    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "Name a command, such as verify");
    }

    Shell shell() {
        return qsc.shell();
    }
}
