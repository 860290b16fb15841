package dev.qsc.e2e.lab;

import dev.qsc.api.CanaryRollout;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/**
 * An API server with everything that an installed operator finds there: the CRDs, all of {@code deploy/operator.yaml},
 * and one namespace for rollouts whose Secrets it may read.
 */
public final class Cluster implements AutoCloseable {

    /** The namespace of the rollouts. */
    public static final String NAMESPACE = "trading";

    /** The namespace of the operator. */
    public static final String SYSTEM = "qsc-system";

    private static final String OPERATOR = "qsc-operator";

    /** A leader that was killed is replaced this fast, in seconds. */
    private static final String LEADER_LEASE = "3S";

    private final Path directory;
    private final Pki pki;
    private final ControlPlane controlPlane;
    private final KubernetesClient client;

    private Cluster(Path directory, Pki pki) {
        this.directory = directory;
        this.pki = pki;
        this.controlPlane = ControlPlane.start(directory.resolve("control-plane"));
        this.client = controlPlane.client();
    }

    /**
     * Starts a control plane, or finds the given one, and prepares it.
     *
     * @param directory where state and logs go
     * @param pki whose authority its operators trust
     */
    public static Cluster start(Path directory, Pki pki) {
        return prepared(new Cluster(directory, pki), cluster -> {
            cluster.apply("crds");
            cluster.apply("deploy/operator.yaml");
            cluster.addNamespace();
            cluster.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s");
        });
    }

    /** Like {@link #start}, with the operator's rights but without the CRDs. */
    public static Cluster startWithoutCrds(Path directory, Pki pki) {
        return prepared(new Cluster(directory, pki), cluster -> cluster.apply("deploy/operator.yaml"));
    }

    private static Cluster prepared(Cluster cluster, Consumer<Cluster> preparation) {
        try {
            preparation.accept(cluster);
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private void apply(String file) {
        kubectl("apply", "--server-side", "-f", Repository.file(file).toString());
    }

    private void addNamespace() {
        controlPlane
                .apply("""
                apiVersion: v1
                kind: Namespace
                metadata: {name: %s}
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: qsc-operator-secrets, namespace: %s}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: qsc-operator-secrets}
                subjects: [{kind: ServiceAccount, name: %s, namespace: %s}]
                """.formatted(NAMESPACE, NAMESPACE, OPERATOR, SYSTEM))
                .orThrow();
    }

    /**
     * Starts an operator with the rights that it ships with, and returns at once; its log is {@code operator.log}.
     *
     * @param identity by which it is to be known to agents
     */
    public OperatorProcess startOperator(Pki.Identity identity) {
        return startOperator(directory, operatorKubeconfig(), identity);
    }

    /** Starts one of several operators; its log is {@code name/operator.log}. */
    public OperatorProcess startOperator(String name) {
        return startOperator(name, operatorKubeconfig());
    }

    /** Starts one of several operators, which reaches the API server in another way. */
    public OperatorProcess startOperator(String name, Path kubeconfig) {
        return startOperator(directory.resolve(name), kubeconfig, pki.operator());
    }

    private OperatorProcess startOperator(Path log, Path kubeconfig, Pki.Identity identity) {
        return OperatorProcess.start(
                log,
                kubeconfig,
                Map.of(
                        "qsc.leader-election.lease-duration", LEADER_LEASE,
                        "qsc.agent.tls.cert", identity.certificate().toString(),
                        "qsc.agent.tls.key", identity.key().toString(),
                        "qsc.agent.tls.ca", pki.authority().toString()));
    }

    /** As the service account of the deployment, with its rights and no more. */
    public Path operatorKubeconfig() {
        return controlPlane.kubeconfigFor(SYSTEM, OPERATOR);
    }

    /** The certificates that its operators are known by, and trust. */
    public Pki pki() {
        return pki;
    }

    /** The API server. */
    public ControlPlane controlPlane() {
        return controlPlane;
    }

    /** A client that may do everything. */
    public KubernetesClient client() {
        return client;
    }

    /** Runs kubectl as a user who may do everything; its failure is ours. */
    public String kubectl(String... arguments) {
        return controlPlane.kubectl(arguments).orThrow().stdout();
    }

    /** A rollout in {@link #NAMESPACE}, be it there or not. */
    public Resource<CanaryRollout> rollout(String name) {
        return client.resources(CanaryRollout.class).inNamespace(NAMESPACE).withName(name);
    }

    /** Ends the control plane that was started, and returns when it is gone. */
    @Override
    public void close() {
        client.close();
        controlPlane.close();
    }
}
