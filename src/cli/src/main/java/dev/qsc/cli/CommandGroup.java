package dev.qsc.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** A command of {@code qsc} that does nothing but hold others. */
abstract class CommandGroup implements Callable<Integer> {
    @ParentCommand
    private Qsc qsc;

    @Spec
    private CommandSpec spec;

    /** Without one of its commands there is nothing to do. */
    @Override
    public final Integer call() {
        String first = spec.subcommands().keySet().iterator().next();
        throw new ParameterException(spec.commandLine(), "Name a command, such as " + first);
    }

    final Shell shell() {
        return qsc.shell();
    }
}
