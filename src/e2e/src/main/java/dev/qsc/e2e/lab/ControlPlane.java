package dev.qsc.e2e.lab;

import io.fabric8.kubernetes.api.model.NamedAuthInfoBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A real Kubernetes API server, from the first of these that is there:
 *
 * <ol>
 *   <li>the cluster of the kubeconfig that {@code QSC_KUBECONFIG} names, which is left as it is;
 *   <li>k3s in a container, if a container engine answers;
 *   <li>etcd and kube-apiserver on loopback, by {@code tools/control-plane}, which end with this process.
 * </ol>
 */
public final class ControlPlane implements AutoCloseable {

    private static final DockerImageName K3S = DockerImageName.parse("rancher/k3s:v1.36.1-k3s1");
    private static final Path SCRIPT = Repository.file("tools/control-plane/control-plane");
    private static final Duration TOKEN_LIFE = Duration.ofHours(24);

    private final Path directory;
    private final Path kubeconfig;
    private final Runnable stop;

    private ControlPlane(Path directory, Path kubeconfig, Runnable stop) {
        this.directory = directory;
        this.kubeconfig = kubeconfig;
        this.stop = stop;
    }

    /**
     * Whether this machine can run one.
     *
     * @return returns 0 if it can; otherwise its standard error says what to do
     */
    public static Command check() {
        return Command.run(List.of(SCRIPT.toString(), "check"));
    }

    /**
     * Starts a control plane, or finds the given one, and returns when it serves.
     *
     * @param directory where logs, state and kubeconfigs go; made if missing, stays after {@link #close}
     */
    public static ControlPlane start(Path directory) {
        var given = System.getenv("QSC_KUBECONFIG");
        if (given != null && !given.isBlank()) {
            return new ControlPlane(directory, Path.of(given), () -> {});
        }
        return DockerClientFactory.instance().isDockerAvailable()
                ? startContainer(directory)
                : startLocally(directory, ProcessHandle.current());
    }

    private static ControlPlane startContainer(Path directory) {
        var k3s = new K3sContainer(K3S);
        k3s.start();
        var kubeconfig = SecretFile.write(directory.resolve("kubeconfig"), k3s.getKubeConfigYaml());
        return new ControlPlane(directory, kubeconfig, k3s::stop);
    }

    /** @param owner the process without which it does not go on */
    static ControlPlane startLocally(Path directory, ProcessHandle owner) {
        var folder = directory.toString();
        var started = script("start", folder, "--owner", Long.toString(owner.pid()));
        return new ControlPlane(directory, Path.of(started), () -> script("stop", folder));
    }

    /** The kubeconfig of a user who may do everything. */
    public Path kubeconfig() {
        return kubeconfig;
    }

    /**
     * Writes a kubeconfig that acts as a service account, with a token that lives for a day; what it may do is for RBAC
     * to say.
     *
     * @param serviceAccount one that exists
     */
    public Path kubeconfigFor(String namespace, String serviceAccount) {
        try (var client = client()) {
            var request = new TokenRequestBuilder()
                    .withNewSpec()
                    .withExpirationSeconds(TOKEN_LIFE.toSeconds())
                    .endSpec()
                    .build();
            var token = client.serviceAccounts()
                    .inNamespace(namespace)
                    .withName(serviceAccount)
                    .tokenRequest(request)
                    .getStatus()
                    .getToken();
            return SecretFile.write(directory.resolve(serviceAccount + ".kubeconfig"), kubeconfigWith(token));
        }
    }

    private String kubeconfigWith(String token) {
        var config = Serialization.unmarshal(read(kubeconfig), io.fabric8.kubernetes.api.model.Config.class);
        config.getContexts().forEach(context -> context.getContext().setUser("token"));
        config.setUsers(List.of(new NamedAuthInfoBuilder()
                .withName("token")
                .withNewUser()
                .withToken(token)
                .endUser()
                .build()));
        return Serialization.asYaml(config);
    }

    /** A client that may do everything; the caller closes it. */
    public KubernetesClient client() {
        return new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
                .build();
    }

    /** Runs kubectl as a user who may do everything. */
    public Command kubectl(String... arguments) {
        return Command.run(kubectlLine(arguments));
    }

    /** Applies a manifest, with {@code kubectl apply} and options of it. */
    public Command apply(String manifest, String... options) {
        var line = kubectlLine("apply", "--filename", "-");
        line.addAll(List.of(options));
        return Command.run(line, manifest);
    }

    private List<String> kubectlLine(String... arguments) {
        var line = new ArrayList<>(List.of(kubectlBinary().toString(), "--kubeconfig", kubeconfig.toString()));
        line.addAll(List.of(arguments));
        return line;
    }

    /** The kubectl that fits the local control plane; it is built if need be. */
    public static Path kubectlBinary() {
        return Path.of(script("assets"), "kubectl");
    }

    /** Ends what {@link #start} started and returns when it is gone. */
    @Override
    public void close() {
        stop.run();
    }

    private static String script(String... arguments) {
        var line = new ArrayList<>(List.of(SCRIPT.toString()));
        line.addAll(List.of(arguments));
        return Command.runAloud(line).orThrow().stdout().strip();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
