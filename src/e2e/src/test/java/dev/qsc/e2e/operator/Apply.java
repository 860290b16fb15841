package dev.qsc.e2e.operator;

import dev.qsc.e2e.lab.Cluster;

/** What users apply, around a host whose agent stands in. */
final class Apply {
    private Apply() {}

    static void host(Cluster cluster, String name, String address) {
        host(cluster, name, address, "127.0.0.1");
    }

    /** With the name that its agent's certificate must have. */
    static void host(Cluster cluster, String name, String address, String serverName) {
        cluster.controlPlane()
                .apply("""
                apiVersion: qsc.dev/v1alpha1
                kind: EngineHost
                metadata: {name: %s, namespace: %s}
                spec: {address: "%s", serverName: "%s"}
                """.formatted(name, Cluster.NAMESPACE, address, serverName))
                .orThrow();
    }

    /** The Secret with the URL of Redis. */
    static void redis(Cluster cluster, String url) {
        cluster.controlPlane().apply("""
                apiVersion: v1
                kind: Secret
                metadata: {name: redis, namespace: %s}
                stringData: {url: "%s"}
                """.formatted(Cluster.NAMESPACE, url)).orThrow();
    }

    /**
     * The same for a server with TLS.
     *
     * @param ca certificates by which it is trusted, in PEM
     */
    static void redis(Cluster cluster, String url, String ca) {
        cluster.controlPlane()
                .apply("""
                apiVersion: v1
                kind: Secret
                metadata: {name: redis, namespace: %s}
                stringData:
                  url: "%s"
                  ca.crt: |
                %s
                """.formatted(Cluster.NAMESPACE, url, ca.indent(4)))
                .orThrow();
    }

    /** A rollout with the defaults of the API: it looks at its host every 30 seconds. */
    static void rollout(Cluster cluster, String name, String host) {
        rollout(cluster, name, host, "interval: 30s", "3m");
    }

    /**
     * A rollout that asks for a day at 10 %.
     *
     * @param monitor fields of {@code spec.monitor}, such as {@code interval: 1s, mode: Continuous}
     */
    static void rollout(Cluster cluster, String name, String host, String monitor, String lease) {
        cluster.controlPlane()
                .apply("""
                apiVersion: qsc.dev/v1alpha1
                kind: CanaryRollout
                metadata: {name: %s, namespace: %s}
                spec:
                  model: patchtst
                  engine: {unit: quantum-ai_engine.service, hosts: [%s]}
                  telemetry: {redis: {urlSecretRef: {name: redis}}}
                  steps: [{weight: 10, duration: 24h}]
                  monitor: {%s}
                  rollback: {leaseDuration: %s}
                """.formatted(name, Cluster.NAMESPACE, host, monitor, lease))
                .orThrow();
    }
}
