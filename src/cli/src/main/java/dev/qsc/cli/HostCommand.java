package dev.qsc.cli;

import picocli.CommandLine.Command;

/** {@code qsc host}: the hosts that run engines. */
@Command(
        name = "host",
        description =
                "Makes hosts known to the cluster and the cluster to hosts, ends that, and says what is wrong with one.",
        subcommands = {HostEnrollCommand.class, HostRevokeCommand.class, HostDoctorCommand.class})
final class HostCommand extends CommandGroup {}
