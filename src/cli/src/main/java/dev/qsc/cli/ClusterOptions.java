package dev.qsc.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which cluster, and where in it. */
final class ClusterOptions {
    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description = "How the cluster is reached. Default: as kubectl does, KUBECONFIG or ~/.kube/config.")
    private Path kubeconfig;

    @Option(
            names = "--context",
            paramLabel = "NAME",
            description = "The context of the kubeconfig. Default: its current one.")
    private String context;

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            description = "Where the EngineHost is. Default: the namespace of the context.")
    private String namespace;

    @Option(
            names = "--operator-namespace",
            paramLabel = "NAME",
            defaultValue = "qsc-system",
            description = "Where the operator and its certificate are. Default: ${DEFAULT-VALUE}.")
    private String operatorNamespace;

    /**
     * The cluster.
     *
     * @throws NoAnswerException when the kubeconfig cannot be used
     */
    Cluster connect() {
        return Cluster.connect(kubeconfig, context, namespace, operatorNamespace);
    }
}
