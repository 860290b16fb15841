package dev.qsc.e2e.crd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qsc.api.CanaryRollout;
import dev.qsc.api.CanaryRolloutStatus;
import dev.qsc.api.Durations;
import dev.qsc.api.EngineHost;
import dev.qsc.api.EngineHostStatus;
import dev.qsc.e2e.lab.Command;
import dev.qsc.e2e.lab.ControlPlane;
import dev.qsc.e2e.lab.NeedsControlPlane;
import dev.qsc.e2e.lab.Repository;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FieldValidateable;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the API server makes of the definitions in the folder crds. */
@NeedsControlPlane
@DisplayName("The API server")
class CanaryRolloutSchemaTest {

    private static final String NAMESPACE = "qsc-schema";
    private static final String OPERATOR = "qsc-operator";
    private static final String MINIMAL = """
            apiVersion: qsc.dev/v1alpha1
            kind: CanaryRollout
            metadata: {name: minimal}
            spec:
              model: patchtst
              engine: {unit: quantum-ai_engine.service, hosts: [engine-1]}
              telemetry: {redis: {urlSecretRef: {name: redis}}}
            """;

    @TempDir
    private static Path directory;

    private static ControlPlane controlPlane;
    private static KubernetesClient client;

    @BeforeAll
    static void start() {
        controlPlane = ControlPlane.start(directory);
        client = controlPlane.client();
        var crds = Repository.file("crds").toString();
        controlPlane.kubectl("apply", "--filename", crds).orThrow();
        controlPlane
                .kubectl("wait", "--for=condition=Established", "--timeout=20s", "--filename", crds)
                .orThrow();
        controlPlane
                .apply("{apiVersion: v1, kind: Namespace, metadata: {name: " + NAMESPACE + "}}")
                .orThrow();
    }

    @AfterAll
    static void stop() {
        client.close();
        controlPlane.close();
    }

    @Test
    @DisplayName("fills in every default of a minimal spec")
    void fillsInDefaults() {
        assertThat(tryOut(yaml(MINIMAL)).resource().get("spec")).isEqualTo(yaml("""
                model: patchtst
                engine:
                  unit: quantum-ai_engine.service
                  hosts: [engine-1]
                  maxUnavailable: 1
                  startTimeout: 10m
                  acknowledge: None
                steps:
                - {weight: 10, duration: 6h}
                telemetry:
                  redis:
                    urlSecretRef: {name: redis, key: url}
                    stream: quantum:stream:trade.intent
                gate: {minEvents: 200, minSamples: 200, maxEvents: 2000, models: All, timeout: 6h}
                monitor:
                  interval: 30s
                  window: 30m
                  minSamples: 200
                  failures: 1
                  of: 1
                  minVoters: 3
                  models: CanaryOnly
                  mode: Interval
                rollback: {leaseDuration: 3m}
                promotion: {mode: Manual}
                readyWhen: Monitoring
                dryRun: false
                paused: false
                """));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "{model: 模型-2, baseline: {weights: {xgb: 1, lgbm: 3}}}",
                "{baseline: {weights: {patchtst: 0, xgb: 1}}}",
                "{steps: [{}]}",
                "{steps: [{weight: 100, duration: 30s}]}",
                "{steps: [{weight: 25, duration: 1h30m, weights: {xgb: 3, lgbm: 0}}]}",
                "{engine: {unit: 'engine@blue.service', acknowledge: Event}}",
                "{dryRun: true, gate: {minEvents: 1, minSamples: 1, maxEvents: 1}}",
                "{monitor: {interval: 1s, failures: 2, of: 3, warmup: 90s}, rollback: {leaseDuration: 3s}}",
                "{monitor: {mode: Continuous}}",
                "{telemetry: {redis: null, viaHost: {source: trading}}}",
                "{telemetry: {redis: null, viaHost: {host: redis-1.example.org, source: trading}}}",
                "{thresholds: {maxClassShare: 90, minStdDev: '0.001', minRange: '0', constantStdDev: '1.0'}}",
                "{thresholds: {minAgreement: 79}}",
                "{readyWhen: Promoted, paused: true, cutover: '2026-01-10T05:43:15.5+01:00'}",
            })
    @DisplayName("accepts what is right")
    void accepts(String change) {
        assertThat(tryOut(changed(change)).refusal()).isEmpty();
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                refusal("{model: null}", "spec.model: Required value"),
                refusal("{model: ''}", "spec.model: ", "a model's name is 1 to 128 letters, digits and ._:@+-"),
                refusal("{model: 'a\"b'}", "spec.model: ", "a model's name is 1 to 128 letters"),
                refusal("{engine: null}", "spec.engine: Required value"),
                refusal("{engine: {unit: null}}", "spec.engine.unit: Required value"),
                refusal("{engine: {unit: engine}}", "must be the full name of a systemd service, such as"),
                refusal("{engine: {unit: ../x.service}}", "must be the full name of a systemd service, such as"),
                refusal("{engine: {hosts: null}}", "spec.engine.hosts: Required value"),
                refusal("{engine: {hosts: []}}", "spec.engine.hosts in body should have at least 1 items"),
                refusal("{engine: {hosts: [a, b]}}", "spec.engine.hosts: Too many: 2: must have at most 1 item"),
                refusal("{engine: {hosts: ['https://a']}}", "must be the name of an EngineHost of the same namespace"),
                refusal("{engine: {hostSelector: {}}}", "unknown field \"spec.engine.hostSelector\""),
                refusal("{engine: {maxUnavailable: 2}}", "should be less than or equal to 1"),
                refusal("{engine: {acknowledge: Maybe}}", "supported values: \"Event\", \"None\", \"Notify\""),
                refusal("{baseline: {}}", "spec.baseline.weights: Required value"),
                refusal("{baseline: {weights: {patchtst: 1}}}", "spec.baseline.weights: ", "nobody else could take"),
                refusal("{baseline: {weights: {patchtst: 1, xgb: 0}}}", "nobody else could take the rest"),
                refusal("{baseline: {weights: {xgb: -1}}}", "should be greater than or equal to 0"),
                refusal("{baseline: {weights: {'x y': 1}}}", "a model's name is 1 to 128 letters"),
                refusal("{steps: []}", "spec.steps in body should have at least 1 items"),
                refusal("{steps: [{}, {}]}", "spec.steps: Too many: 2: must have at most 1 item"),
                refusal("{steps: [{weight: 0}]}", "should be greater than or equal to 1"),
                refusal("{steps: [{weight: 101}]}", "should be less than or equal to 100"),
                refusal("{steps: [{weight: 100, weights: {xgb: 1}}]}", "remove weights or lower weight"),
                refusal("{steps: [{weights: {xgb: 0, lgbm: 0}}]}", "at least one must be above 0"),
                refusal("{steps: [{weights: {xgb: 1, patchtst: 1}}]}", "weights must not name the canary"),
                refusal("{steps: [{duration: 29s}]}", "duration must be at least monitor.interval"),
                refusal("{steps: [{duration: 6 hours}]}", "spec.steps[0].duration: ", "must be a duration above zero"),
                refusal("{cutover: yesterday}", "spec.cutover"),
                refusal("{cutover: '2026-01-10T05:43:15'}", "spec.cutover"),
                refusal("{cutover: '0001-01-01T00:00:00Z'}", "must be an instant with its zone and not before"),
                refusal("{telemetry: null}", "spec.telemetry: Required value"),
                refusal("{telemetry: {redis: {urlSecretRef: null}}}", "spec.telemetry.redis.urlSecretRef: Required"),
                refusal("{telemetry: {redis: {url: 'redis://x'}}}", "unknown field \"spec.telemetry.redis.url\""),
                refusal("{telemetry: {redis: null}}", "spec.telemetry: ", "exactly one of redis", "and viaHost"),
                refusal("{telemetry: {viaHost: {source: trading}}}", "spec.telemetry: ", "exactly one of redis"),
                refusal("{telemetry: {viaHost: {host: engine-1}}}", "spec.telemetry.viaHost.source: Required value"),
                refusal("{telemetry: {viaHost: {source: ''}}}", "spec.telemetry.viaHost.source in body should be at"),
                refusal("{telemetry: {redis: null, viaHost: {host: 'https://a', source: s}}}", "of an EngineHost of"),
                refusal("{gate: {minEvents: 199}}", "spec.gate.minEvents: ", "must be at least 200", "dryRun: true"),
                refusal("{gate: {minSamples: 199}}", "spec.gate.minSamples: ", "must be at least 200", "dryRun: true"),
                refusal("{gate: {maxEvents: 199}}", "must be at least minEvents and minSamples"),
                refusal("{gate: {minSamples: 2001}}", "must be at least minEvents and minSamples"),
                refusal("{gate: {timeout: 0s}}", "spec.gate.timeout: ", "must be a duration above zero"),
                refusal("{monitor: {interval: 999ms}}", "must be at least 1s"),
                refusal("{monitor: {interval: 61s}}", "spec.rollback.leaseDuration: ", "three times monitor.interval"),
                refusal("{monitor: {interval: 1d}}", "spec.monitor.interval: ", "must be a duration above zero"),
                refusal("{monitor: {window: ''}}", "spec.monitor.window: ", "must be a duration above zero"),
                refusal("{monitor: {warmup: 1000000h}}", "spec.monitor.warmup: ", "must be a duration above zero"),
                refusal("{monitor: {failures: 2}}", "spec.monitor.failures: ", "must not be above of"),
                refusal("{monitor: {failures: 2, of: 61}}", "should be less than or equal to 60"),
                refusal("{monitor: {minSamples: 2001}}", "should be less than or equal to 2000"),
                refusal("{monitor: {mode: Sometimes}}", "supported values: \"Continuous\", \"Interval\""),
                refusal("{thresholds: {minStdDev: 0.05}}", "must be of type string"),
                refusal("{thresholds: {minStdDev: '5%'}}", "must be a decimal from 0 to 1", "in quotes"),
                refusal("{thresholds: {minRange: '1.01'}}", "must be a decimal from 0 to 1"),
                refusal("{thresholds: {maxClassShare: 70.5}}", "must be of type integer"),
                refusal("{thresholds: {minAgreement: 80}}", "minAgreement (55 if not set) must be below maxAgreement"),
                refusal("{thresholds: {maxAgreement: 55}}", "must be below maxAgreement (80 if not set)"),
                refusal("{policyRef: {name: p}}", "unknown field \"spec.policyRef\""),
                refusal("{rollback: {leaseDuration: 89s}}", "must be at least three times monitor.interval"),
                refusal("{promotion: {mode: Automatic}}", "supported values: \"Manual\""),
                refusal("{readyWhen: Never}", "supported values: \"Monitoring\", \"Promoted\""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    @DisplayName("refuses what is wrong, with a sentence that says what and where")
    void refuses(String change, List<String> sentences) {
        var answer = tryOut(changed(change));

        assertThat(answer.isAccepted()).isFalse();
        assertThat(answer.refusal()).contains(sentences).doesNotContain("evaluation error", "no such key");
    }

    @Test
    @DisplayName("tells that sentence to those who use kubectl")
    void refusesByKubectl() {
        var answer = apply(changed("{gate: {minEvents: 199}}"));

        assertThat(answer.exitCode()).isNotZero();
        assertThat(answer.stderr())
                .contains("The CanaryRollout \"minimal\" is invalid", "spec.gate.minEvents: Invalid value")
                .contains("must be at least 200: fewer events are no evidence");
    }

    @Test
    @DisplayName("lets a rollout change its model, but never its unit")
    void keepsTheUnit() {
        var rollout = named("unit", MINIMAL);
        apply(rollout).orThrow();

        apply(merged(rollout, yaml("{spec: {model: xgb}}"))).orThrow();
        var answer = apply(merged(rollout, yaml("{spec: {engine: {unit: other.service}}}")));

        assertThat(answer.exitCode()).isNotZero();
        assertThat(answer.stderr()).contains("spec.engine.unit: ", "must not change: delete this rollout");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "2026-01-10t05:43:15z",
                "2026-01-10T05:43:15.123456789012Z",
                "2026-01-10T24:00:00Z",
                "2026-02-30T00:00:00Z",
                "2026-01-10T05:43:60Z",
                "2016-12-31T23:59:60Z",
                "2026-01-10T05:43:15+0100",
                "2026-01-10T05:43:15+25:00",
                "2026-01-10T05:43:15-00:00",
                "2026-01-10 05:43:15Z",
                "2026-01-10T5:43:15Z",
                "2026-01-10T05:43Z",
                "9999-12-31T23:59:59Z",
                "10000-01-01T00:00:00Z",
            })
    @DisplayName("accepts no cutover that the operator could not read, for it would read no rollout at all then")
    void acceptsReadableCutovers(String cutover) {
        var answer = tryOut(changed("{cutover: '" + cutover + "'}"));

        assertThatCode(() -> {
                    if (answer.isAccepted()) {
                        Serialization.unmarshal(answer.resource().toString(), CanaryRollout.class);
                    }
                })
                .doesNotThrowAnyException();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"1ms", "0h1ms", "999999h999999h", "010s", "1h1h", "1m30s500ms", "٣s", "1s\n"})
    @DisplayName("accepts no duration that the operator could not read")
    void acceptsReadableDurations(String duration) {
        var change = yaml("{spec: {engine: {}}}");
        ((ObjectNode) change.at("/spec/engine")).put("startTimeout", duration);
        var answer = tryOut(merged(yaml(MINIMAL), change));

        assertThatCode(() -> {
                    if (answer.isAccepted()) {
                        Durations.parse(duration);
                    }
                })
                .doesNotThrowAnyException();
    }

    @Test
    @DisplayName("takes a finalizer by server-side apply of a new object without touching what the user wrote")
    void keepsTheSpec() {
        var written = Serialization.unmarshal(
                apply(named("finalizer", MINIMAL)).orThrow().stdout(), CanaryRollout.class);
        var fresh = new CanaryRollout();
        fresh.setMetadata(new ObjectMetaBuilder()
                .withName("finalizer")
                .withNamespace(NAMESPACE)
                .withFinalizers("qsc.dev/home")
                .build());

        var applied = client.resource(fresh).patch(asOperator());

        assertThat(applied.getSpec()).isEqualTo(written.getSpec());
        assertThat(applied.getMetadata().getGeneration())
                .isEqualTo(written.getMetadata().getGeneration());
        assertThat(ownedByOperator(applied.getMetadata().getManagedFields()))
                .containsExactly("{\"f:metadata\":{\"f:finalizers\":{\"v:\\\"qsc.dev/home\\\"\":{}}}}");
    }

    @Test
    @DisplayName("keeps every field of a rollout's status that the operator writes")
    void keepsTheStatus() {
        apply(named("status", MINIMAL)).orThrow();
        var status = Samples.of(CanaryRolloutStatus.class);
        var fresh = new CanaryRollout();
        fresh.setMetadata(new ObjectMetaBuilder()
                .withName("status")
                .withNamespace(NAMESPACE)
                .build());
        fresh.setStatus(status);

        var applied = client.resource(fresh).subresource("status").patch(asOperator());

        assertThat(applied.getStatus()).isEqualTo(status);
    }

    @Test
    @DisplayName("keeps every field of a host's status that the operator writes")
    void keepsTheStatusOfHosts() {
        apply(yaml(host("status", "https://10.0.0.1:9443"))).orThrow();
        var status = Samples.of(EngineHostStatus.class);
        var fresh = new EngineHost();
        fresh.setMetadata(new ObjectMetaBuilder()
                .withName("status")
                .withNamespace(NAMESPACE)
                .build());
        fresh.setStatus(status);

        var applied = client.resource(fresh).subresource("status").patch(asOperator());

        assertThat(applied.getStatus()).isEqualTo(status);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "examples/engine-host.yaml",
                "examples/redis.yaml",
                "examples/canary.yaml",
                "examples/canary-via-host.yaml"
            })
    @DisplayName("takes the examples as they are")
    void takesExamples(String file) {
        kubectl("apply", "--dry-run=server", "--filename", Repository.file(file).toString())
                .orThrow();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "https://engine-1.example.org:9443, true",
        "https://10.0.0.1, true",
        "https://[fd00::1]:9443/, true",
        "http://engine-1.example.org, false",
        "engine-1.example.org:9443, false",
        "https://engine-1/v1, false",
        "https://user@engine-1, false",
        "https://, false",
    })
    @DisplayName("takes https, a host and a port as the address of an agent, and nothing else")
    void checksAddresses(String address, boolean right) {
        var answer = tryOut(yaml(host("engine-1", address)));

        assertThat(answer.isAccepted()).as(answer.refusal()).isEqualTo(right);
        assertThat(right || answer.refusal().contains("must be https, a host and an optional port, such as"))
                .isTrue();
    }

    @ParameterizedTest(name = "kubectl get {0}: {1}")
    @CsvSource({
        "canaryrollouts, NAME MODEL PHASE WEIGHT VERDICT CHECKS HOSTS AGE",
        "canaryrollouts --output=wide, NAME MODEL PHASE WEIGHT VERDICT CHECKS HOSTS AGE REASON EVENTS UNTIL",
        "cro, NAME MODEL PHASE WEIGHT VERDICT CHECKS HOSTS AGE",
        "enginehosts, NAME READY AGENT SYSTEMD SEEN AGE",
        "enginehosts --output=wide, NAME READY AGENT SYSTEMD UNITS SEEN AGE",
    })
    @DisplayName("shows the columns")
    void showsColumns(String command, String columns) {
        apply(named("columns", MINIMAL)).orThrow();
        apply(yaml(host("columns", "https://engine-1.example.org"))).orThrow();

        var table = kubectl(("get " + command).split(" ")).orThrow().stdout();

        assertThat(table.lines().findFirst().orElseThrow().strip().split(" +")).containsExactly(columns.split(" "));
    }

    @ParameterizedTest(name = "kubectl explain {0}")
    @CsvSource({
        "canaryrollout, Puts a model into a running engine",
        "canaryrollout.spec, required",
        "canaryrollout.spec.engine.unit, It cannot be changed later.",
        "canaryrollout.spec.steps, Default: 6h.",
        "canaryrollout.spec.telemetry, exactly one",
        "canaryrollout.spec.telemetry.viaHost, Default: the engine's host.",
        "canaryrollout.spec.monitor.interval, Default: 30s.",
        "canaryrollout.status.conditions, follow kstatus",
        "enginehost.spec.address, There is no plain http",
    })
    @DisplayName("explains the fields")
    void explains(String field, String text) {
        // The API server publishes what explain reads a moment after a CRD is established.
        await().atMost(Duration.ofSeconds(20))
                .until(() -> kubectl("explain", field).exitCode() == 0);
        var explanation = kubectl("explain", field).orThrow().stdout().replaceAll("\\s+", " ");

        assertThat(explanation).contains(text).doesNotContain("<no description>");
    }

    /**
     * What the API server would make of a resource.
     *
     * @param resource as it would be kept, with its defaults; null when it was refused
     * @param refusal the API server's sentences; empty when it was accepted
     */
    private record Answer(ObjectNode resource, String refusal) {
        boolean isAccepted() {
            return resource != null;
        }
    }

    private static Answer tryOut(ObjectNode resource) {
        try {
            var accepted = client.resource(
                            Serialization.unmarshal(resource.toString(), GenericKubernetesResource.class))
                    .inNamespace(NAMESPACE)
                    .dryRun()
                    .fieldValidation(FieldValidateable.Validation.STRICT)
                    .create();
            return new Answer(Serialization.unmarshal(Serialization.asJson(accepted), ObjectNode.class), "");
        } catch (KubernetesClientException e) {
            return new Answer(null, e.getMessage());
        }
    }

    private static Command apply(JsonNode resource) {
        return controlPlane.apply(resource.toString(), "--namespace", NAMESPACE, "--output=yaml");
    }

    private static Command kubectl(String... arguments) {
        return controlPlane.kubectl(Stream.concat(Stream.of("--namespace", NAMESPACE), Stream.of(arguments))
                .toArray(String[]::new));
    }

    private static PatchContext asOperator() {
        return new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager(OPERATOR)
                .withForce(true)
                .build();
    }

    private static Stream<String> ownedByOperator(List<ManagedFieldsEntry> entries) {
        return entries.stream()
                .filter(entry -> entry.getManager().equals(OPERATOR))
                .map(entry -> Serialization.asJson(entry.getFieldsV1()));
    }

    private static String host(String name, String address) {
        return "{apiVersion: qsc.dev/v1alpha1, kind: EngineHost, metadata: {name: %s}, spec: {address: '%s'}}"
                .formatted(name, address);
    }

    private static Arguments refusal(String change, String... sentences) {
        return Arguments.of(change, List.of(sentences));
    }

    private static ObjectNode changed(String change) {
        return merged(yaml(MINIMAL), yaml("{spec: " + change + "}"));
    }

    private static ObjectNode named(String name, String resource) {
        return merged(yaml(resource), yaml("{metadata: {name: " + name + "}}"));
    }

    private static ObjectNode yaml(String text) {
        // Without the dashes a text that starts with a brace would be taken for JSON.
        return Serialization.unmarshal("---\n" + text, ObjectNode.class);
    }

    /** As a JSON merge patch does: null takes a field away. */
    private static ObjectNode merged(ObjectNode target, JsonNode change) {
        var result = target.deepCopy();
        change.properties().forEach(entry -> {
            if (entry.getValue().isNull()) {
                result.remove(entry.getKey());
            } else if (entry.getValue().isObject()) {
                result.set(entry.getKey(), merged(result.withObject("/" + entry.getKey()), entry.getValue()));
            } else {
                result.set(entry.getKey(), entry.getValue());
            }
        });
        return result;
    }
}
