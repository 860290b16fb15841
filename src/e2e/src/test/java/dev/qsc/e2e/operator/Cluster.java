package dev.qsc.e2e.operator;

import dev.qsc.api.CanaryRollout;
import dev.qsc.e2e.lab.ControlPlane;
import dev.qsc.e2e.lab.OperatorProcess;
import dev.qsc.e2e.lab.Pki;
import dev.qsc.e2e.lab.Repository;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** An API server with everything that an installed operator finds there, and rollouts in one namespace. */
final class Cluster implements AutoCloseable {
    static final String SYSTEM = "qsc-system";
    static final String NAMESPACE = "trading";
    /** Lost leaders and those that were killed are replaced this fast. */
    static final String LEASE = "3S";

    private final Path directory;
    private final ControlPlane controlPlane;
    private final KubernetesClient client;
    private final Pki pki;

    private Cluster(Path directory) {
        this.directory = directory;
        this.controlPlane = ControlPlane.start(directory);
        this.client = controlPlane.client();
        this.pki = Pki.in(directory.resolve("pki"));
    }

    /** With the CRDs and with all of {@code deploy/operator.yaml}. */
    static Cluster start(Path directory) {
        var cluster = new Cluster(directory);
        cluster.kubectl("apply", "--server-side", "-f", Repository.file("crds").toString());
        cluster.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=10s");
        cluster.deploy();
        cluster.kubectl("create", "namespace", NAMESPACE);
        cluster.kubectl(
                "create",
                "rolebinding",
                "qsc-operator-secrets",
                "-n",
                NAMESPACE,
                "--clusterrole=qsc-operator-secrets",
                "--serviceaccount=" + SYSTEM + ":qsc-operator");
        return cluster;
    }

    /** With the operator's rights, but without the CRDs. */
    static Cluster startWithoutCrds(Path directory) {
        var cluster = new Cluster(directory);
        cluster.deploy();
        return cluster;
    }

    private void deploy() {
        kubectl("apply", "-f", Repository.file("deploy/operator.yaml").toString());
    }

    ControlPlane controlPlane() {
        return controlPlane;
    }

    KubernetesClient client() {
        return client;
    }

    Pki pki() {
        return pki;
    }

    /** As the service account of the deployment, with its rights and no more. */
    Path operatorKubeconfig() {
        return controlPlane.kubeconfigFor(SYSTEM, "qsc-operator");
    }

    /** Starts an operator as the deployment would; its log is {@code name/operator.log}. */
    OperatorProcess operator(String name) {
        return operator(name, operatorKubeconfig());
    }

    /** Starts an operator that reaches the API server in another way. */
    OperatorProcess operator(String name, Path kubeconfig) {
        Map<String, String> configuration = new HashMap<>();
        configuration.put("qsc.leader-election.lease-duration", LEASE);
        configuration.put("qsc.agent.tls.cert", pki.operator().certificate().toString());
        configuration.put("qsc.agent.tls.key", pki.operator().key().toString());
        configuration.put("qsc.agent.tls.ca", pki.authority().toString());
        return OperatorProcess.start(directory.resolve(name), kubeconfig, configuration);
    }

    /** Runs kubectl as a user who may do everything; its failure is ours. */
    String kubectl(String... arguments) {
        return controlPlane.kubectl(arguments).orThrow().stdout();
    }

    Resource<CanaryRollout> rollout(String name) {
        return client.resources(CanaryRollout.class).inNamespace(NAMESPACE).withName(name);
    }

    void applyHost(String name, String address) {
        applyHost(name, address, "127.0.0.1");
    }

    /** With the name that its agent's certificate must have. */
    void applyHost(String name, String address, String serverName) {
        controlPlane.apply("""
                apiVersion: qsc.dev/v1alpha1
                kind: EngineHost
                metadata: {name: %s, namespace: %s}
                spec: {address: "%s", serverName: "%s"}
                """.formatted(name, NAMESPACE, address, serverName)).orThrow();
    }

    /** A rollout on one host with the defaults of the API: it looks at its host every 30 seconds. */
    void applyRollout(String name, String host) {
        applyRollout(name, host, "30s", "3m");
    }

    /** A rollout that asks for a day at 10 %. */
    void applyRollout(String name, String host, String interval, String lease) {
        controlPlane
                .apply("""
                apiVersion: qsc.dev/v1alpha1
                kind: CanaryRollout
                metadata: {name: %s, namespace: %s}
                spec:
                  model: patchtst
                  engine: {unit: quantum-ai_engine.service, hosts: [%s]}
                  telemetry: {redis: {urlSecretRef: {name: redis}}}
                  steps: [{weight: 10, duration: 24h}]
                  monitor: {interval: %s}
                  rollback: {leaseDuration: %s}
                """.formatted(name, NAMESPACE, host, interval, lease))
                .orThrow();
    }

    @Override
    public void close() {
        client.close();
        controlPlane.close();
    }
}
