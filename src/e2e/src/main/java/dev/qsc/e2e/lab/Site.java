package dev.qsc.e2e.lab;

import static java.util.stream.Collectors.toMap;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What somebody has who trades with an engine: a host that runs it, with an agent that may touch it, and the Redis that
 * its events go to.
 */
public final class Site implements AutoCloseable {

    private static final String LEDGER = "/var/log/qsc/qsc_canary.jsonl";

    private static final String ENVIRONMENTS = """
            group=/sys/fs/cgroup$(systemctl show --value --property=ControlGroup %s)
            find "$group" -name cgroup.procs -exec cat {} + | while read -r pid; do
              # One that ended meanwhile has none.
              if environment=$(base64 --wrap=0 "/proc/$pid/environ"); then echo "$environment"; fi
            done
            """.formatted(ExampleEngine.UNIT);

    private final String name;
    private final TestHost host;
    private final RedisServer redis;
    private final ExampleEngine engine;
    private final HostAgent agent;

    private Site(String name, TestHost host, RedisServer redis, ExampleEngine engine, HostAgent agent) {
        this.name = name;
        this.host = host;
        this.redis = redis;
        this.engine = engine;
        this.agent = agent;
    }

    /**
     * One process of the engine, as the kernel shows it.
     *
     * @param environment what it was started with
     */
    public record EngineProcess(Map<String, String> environment) {

        /** Whether it was started with anything of a canary. */
        public boolean hasCanary() {
            return environment.keySet().stream().anyMatch(key -> key.startsWith("QSC_CANARY_"));
        }
    }

    /**
     * Boots the host, starts Redis and the engine, installs the agent and enrols the engine's unit.
     *
     * @param directory where the state of Redis goes
     * @param name of its EngineHost and of the Secret with the URL of its Redis
     * @param eventsPerSecond of the engine
     */
    public static Site start(Path directory, String name, Pki pki, double eventsPerSecond) {
        var host = TestHost.start(name);
        try {
            var redis = RedisServer.start(directory.resolve(name), host.outsideAddress(), List.of());
            var engine = ExampleEngine.install(host, redis.url(), eventsPerSecond);
            var agent = HostAgent.install(host, pki);
            agent.enroll(ExampleEngine.UNIT, ExampleEngine.BASELINE);
            return new Site(name, host, redis, engine, agent);
        } catch (RuntimeException e) {
            host.close();
            throw e;
        }
    }

    /** Makes it known to a cluster, as an EngineHost and a Secret. */
    public void register(Cluster cluster) {
        cluster.controlPlane()
                .apply("""
                apiVersion: qsc.dev/v1alpha1
                kind: EngineHost
                metadata: {name: %s, namespace: %s}
                spec: {address: "%s"}
                ---
                apiVersion: v1
                kind: Secret
                metadata: {name: %s, namespace: %s}
                stringData: {url: "%s"}
                """.formatted(name, Cluster.NAMESPACE, agent.address(), name, Cluster.NAMESPACE, redis.url()))
                .orThrow();
    }

    /** Of its EngineHost and of the Secret with the URL of its Redis. */
    public String name() {
        return name;
    }

    /** The host. */
    public TestHost host() {
        return host;
    }

    /** Where the engine's events go. */
    public RedisServer redis() {
        return redis;
    }

    /** The engine. */
    public ExampleEngine engine() {
        return engine;
    }

    /** The agent. */
    public HostAgent agent() {
        return agent;
    }

    /** Every process of the engine, read from {@code /proc} on the host. */
    public List<EngineProcess> processes() {
        return host.shell(ENVIRONMENTS)
                .orThrow()
                .stdout()
                .lines()
                .filter(line -> !line.isEmpty())
                .map(line -> new EngineProcess(environment(Base64.getDecoder().decode(line))))
                .toList();
    }

    private static Map<String, String> environment(byte[] environ) {
        return Arrays.stream(new String(environ, StandardCharsets.UTF_8).split("\0"))
                .map(entry -> entry.split("=", 2))
                .collect(toMap(entry -> entry[0], entry -> entry[1]));
    }

    /** Whether the engine runs, and every process of it without a canary. */
    public boolean isOnBaseline() {
        return isActive() && allProcesses(process -> !process.hasCanary());
    }

    /** Whether the engine runs, and every process of it with a canary. */
    public boolean runsCanary() {
        return isActive() && allProcesses(EngineProcess::hasCanary);
    }

    private boolean allProcesses(Predicate<EngineProcess> condition) {
        var processes = processes();
        return !processes.isEmpty() && processes.stream().allMatch(condition);
    }

    private boolean isActive() {
        return engineProperty("ActiveState").equals("active");
    }

    /** Starts the engine anew, as an administrator would, and returns when it is ready. */
    public void restartEngine() {
        host.exec("systemctl", "restart", ExampleEngine.UNIT).orThrow();
    }

    /** Which start of the engine this is. */
    public String invocationId() {
        return engineProperty("InvocationID");
    }

    /** A property of the engine's unit, as {@code systemctl show} has it. */
    public String engineProperty(String property) {
        return host.exec("systemctl", "show", "--value", "--property=" + property, ExampleEngine.UNIT)
                .orThrow()
                .stdout()
                .strip();
    }

    /** The weights that the engine comes home to. */
    public JsonNode baseline() {
        return json(host.exec("cat", ExampleEngine.BASELINE).orThrow().stdout());
    }

    /** The records of the ledger on the host, oldest first. */
    public List<JsonNode> ledger() {
        return ledgerLines().stream().map(Site::json).toList();
    }

    /** The ledger on the host as it is written; empty before the first record. */
    public List<String> ledgerLines() {
        return host.exec("cat", LEDGER).stdout().lines().toList();
    }

    private static JsonNode json(String text) {
        return Serialization.unmarshal(text, JsonNode.class);
    }

    /** Ends all of it and returns when it is gone. */
    @Override
    public void close() {
        host.close();
        redis.close();
    }
}
