package dev.qsc.cli;

import dev.qsc.api.CanaryRollout;
import dev.qsc.api.EngineHost;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What {@code qsc} reads and writes in a cluster, with the rights of whoever calls it. Every method throws
 * {@link NoAnswerException} when the cluster refuses or cannot be reached.
 */
final class Cluster implements AutoCloseable {
    private static final String FIELD_MANAGER = "qsc";
    private static final int CONNECT_MILLIS = 5_000;
    private static final int REQUEST_MILLIS = 10_000;

    private final KubernetesClient client;
    private final String namespace;
    private final String operatorNamespace;

    private Cluster(KubernetesClient client, String namespace, String operatorNamespace) {
        this.client = client;
        this.namespace = namespace;
        this.operatorNamespace = operatorNamespace;
    }

    /**
     * The cluster of a kubeconfig.
     *
     * @param kubeconfig null for where kubectl looks
     * @param context null for the current one
     * @param namespace of EngineHosts; null for that of the context
     */
    static Cluster connect(Path kubeconfig, String context, String namespace, String operatorNamespace) {
        Config config = new ConfigBuilder(config(kubeconfig, context))
                .withConnectionTimeout(CONNECT_MILLIS)
                .withRequestTimeout(REQUEST_MILLIS)
                .withRequestRetryBackoffLimit(1)
                .build();
        String there = Optional.ofNullable(namespace)
                .or(() -> Optional.ofNullable(config.getNamespace()))
                .orElse("default");
        return new Cluster(new KubernetesClientBuilder().withConfig(config).build(), there, operatorNamespace);
    }

    private static Config config(Path kubeconfig, String context) {
        if (kubeconfig != null && !Files.isReadable(kubeconfig)) {
            throw new NoAnswerException("There is no readable kubeconfig " + kubeconfig);
        }
        Config config = kubeconfig == null
                ? Config.autoConfigure(context)
                : Config.fromKubeconfig(context, kubeconfig.toFile());
        // The client library takes the current context for one that is not there.
        if (context != null
                && (config.getCurrentContext() == null
                        || !context.equals(config.getCurrentContext().getName()))) {
            throw new NoAnswerException("There is no context %s in the kubeconfig".formatted(context));
        }
        return config;
    }

    /** Where EngineHosts and rollouts are. */
    String namespace() {
        return namespace;
    }

    /** Where the operator is, and all certificates. */
    String operatorNamespace() {
        return operatorNamespace;
    }

    /** An EngineHost; empty when there is none of that name. */
    Optional<EngineHost> findEngineHost(String name) {
        return Optional.ofNullable(ask(() -> client.resources(EngineHost.class)
                .inNamespace(namespace)
                .withName(name)
                .get()));
    }

    /** An EngineHost that has to be there. */
    EngineHost engineHost(String name) {
        return findEngineHost(name)
                .orElseThrow(() ->
                        new NoAnswerException("There is no EngineHost %s in namespace %s".formatted(name, namespace)));
    }

    /** The rollouts beside the EngineHosts. */
    List<CanaryRollout> rollouts() {
        return ask(() -> client.resources(CanaryRollout.class)
                .inNamespace(namespace)
                .list()
                .getItems());
    }

    /** A Secret beside the operator; empty when there is none of that name. */
    Optional<Secret> findSecret(String name) {
        return Optional.ofNullable(ask(() ->
                client.secrets().inNamespace(operatorNamespace).withName(name).get()));
    }

    /** Creates it, unless one of that name is there: then that one. */
    Secret createOrFind(Secret secret) {
        return ask(() -> {
            try {
                return client.resource(secret).create();
            } catch (KubernetesClientException e) {
                if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                    return client.resource(secret).get();
                }
                throw e;
            }
        });
    }

    /** Makes it so, whoever owned these fields. */
    <T extends HasMetadata> T apply(T resource) {
        return ask(() -> client.resource(resource)
                .fieldManager(FIELD_MANAGER)
                .forceConflicts()
                .serverSideApply());
    }

    /** Says what is wrong with it, if the API server would refuse it; changes nothing. */
    void rehearse(HasMetadata resource) {
        ask(() -> client.resource(resource)
                .dryRun(true)
                .fieldManager(FIELD_MANAGER)
                .forceConflicts()
                .serverSideApply());
    }

    /** Whether there is such a kind. */
    boolean serves(String apiVersion, String kind) {
        return ask(() -> client.supports(apiVersion, kind));
    }

    /** A resource of a kind that others define; empty when it is not there. */
    Optional<GenericKubernetesResource> find(GenericKubernetesResource like) {
        return Optional.ofNullable(ask(() -> client.resource(like).get()));
    }

    /** Deletes it; false when it was not there. */
    boolean delete(HasMetadata resource) {
        return ask(() -> !client.resource(resource).delete().isEmpty());
    }

    /** Any call, with its failure in a sentence. */
    private <T> T ask(Supplier<T> call) {
        try {
            return call.get();
        } catch (KubernetesClientException e) {
            throw new NoAnswerException(sentence(e), e);
        }
    }

    private String sentence(KubernetesClientException e) {
        return Optional.ofNullable(e.getStatus())
                .map(Status::getMessage)
                .map(message -> "The API server refuses: " + message)
                .orElseGet(() ->
                        "The API server at %s cannot be reached (%s): check --kubeconfig, --context and KUBECONFIG"
                                .formatted(client.getMasterUrl(), words(e)));
    }

    private static String words(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    @Override
    public void close() {
        client.close();
    }
}
