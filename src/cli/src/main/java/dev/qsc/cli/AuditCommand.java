package dev.qsc.cli;

import picocli.CommandLine.Command;

/** {@code qsc audit}: what became of engines. */
@Command(
        name = "audit",
        description = "Checks the ledgers in which hosts write down what became of their engines.",
        subcommands = AuditVerifyCommand.class)
final class AuditCommand extends CommandGroup {}
