package dev.qsc.host.agent;

import static dev.qsc.host.agent.PretendRoot.UNIT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.qsc.agent.api.AgentJson;
import dev.qsc.agent.api.ConfirmRequest;
import dev.qsc.agent.api.Credentials;
import dev.qsc.agent.api.Epoch;
import dev.qsc.agent.api.MonitoringCompleted;
import dev.qsc.agent.api.Operation;
import dev.qsc.agent.api.Problem;
import dev.qsc.agent.api.PromoteRequest;
import dev.qsc.agent.api.TestPki;
import dev.qsc.agent.api.TlsContext;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("openapi.yaml")
class ContractTest {
    private static final JsonMapper JSON = AgentJson.lenient();
    private static final Epoch LEADER = new Epoch(3, "leader-a");
    private static final String CANARY = "/v1/units/" + UNIT + "/canary";
    private static final List<String> METHODS = List.of("get", "put", "post", "delete");

    private final JsonNode document = read();
    private final Set<String> seen = new TreeSet<>();

    @TempDir
    Path directory;

    private static JsonNode read() {
        try {
            return new YAMLMapper().readTree(Files.readString(Path.of("openapi.yaml")));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @DisplayName("says of every operation what the running agent takes and answers, and of nothing more")
    void holds() throws IOException {
        TestPki pki = new TestPki(directory, "ca");
        Credentials own = pki.issue("agent", "IP:127.0.0.1");
        PretendRoot root = new PretendRoot(directory);
        try (TestRedis redis = TestRedis.start();
                TestAgent agent =
                        TestAgent.start(own, root, InstantSource.system(), "operator.example", streams(redis));
                HttpClient operator = client(pki.issue("operator", "DNS:operator.example"));
                HttpClient outsider = client(pki.issue("outsider", "DNS:outsider.example"))) {
            Caller caller = new Caller(agent, operator);
            redis.add("1-0", "é");
            takes(caller, root);
            refuses(caller);
            telemetry(caller, redis);
            documented()
                    .forEach(operation ->
                            new Caller(agent, outsider).call(operation.method(), operation.path(), "", 403));
            paths().forEach(path -> assertThat(methods(caller.call("PATCH", path, "", 405)))
                    .as(path)
                    .isEqualTo(documentedMethods(path)));
        }
        assertThat(seen).containsExactlyInAnyOrderElementsOf(promised());
    }

    @Test
    @DisplayName("names every kind of problem")
    void problems() {
        assertThat(document.at("/components/schemas/Problem/properties/type/enum"))
                .extracting(JsonNode::asText)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(Problem.Kind.values())
                        .map(kind -> kind.detail("").type())
                        .toList());
    }

    private static Map<String, RedisStream> streams(TestRedis redis) {
        return Map.of(
                "trading", redis.stream(), "silent", RedisStream.at("redis://127.0.0.1:1", Optional.empty(), "s"));
    }

    private static void takes(Caller caller, PretendRoot root) {
        PretendRoot.put(
                root.files().ledger(),
                "{\"a\":1,\"seq\":1,\"prev\":\"" + "0".repeat(64) + "\",\"hash\":\"" + "a".repeat(64) + "\"}\n");
        caller.call("GET", "/v1/host", "", 200);
        caller.call("GET", "/v1/units/" + UNIT, "", 200);
        caller.call("GET", "/v1/units/" + UNIT + "/ledger?after=0&count=10", "", 200);
        caller.call("PUT", CANARY, AgentTest.canary(AgentTest.ROLLOUT, "op-1", 1, LEADER), 202);
        caller.call("POST", CANARY + "/lease", AgentTest.renewal("op-1", LEADER, 1_100_000), 200);
        caller.call("POST", "/v1/units/" + UNIT + "/ledger", completed(), 202);
        caller.call("PUT", CANARY, AgentTest.canary(AgentTest.OTHER, "op-9", 1, LEADER), 409);
        caller.call("POST", CANARY + "/lease", AgentTest.renewal("op-8", LEADER, 1_100_000), 409);
        caller.call("POST", CANARY + "/promote", promotion("op-2", "b".repeat(64)), 409);
        caller.call("POST", CANARY + "/promote/confirm", confirmation("op-2"), 409);
        caller.call("POST", CANARY + "/promote", promotion("op-2", AgentTest.WEIGHTS.digest()), 202);
        caller.call("GET", "/v1/units/" + UNIT, "", 200);
        caller.call("POST", CANARY + "/promote/confirm", confirmation("op-2"), 202);
        caller.call("DELETE", CANARY, AgentTest.rollback("op-3", 3), 202);
        caller.call("POST", "/v1/units/" + UNIT + "/ledger", completed(), 409);
        caller.call("GET", "/v1/units/" + UNIT, "", 200);
    }

    private void refuses(Caller caller) {
        for (Documented operation : documented()) {
            if (operation.path().contains("{")) {
                String unknown =
                        operation.path().replace("{unit}", "other.service").replace("{source}", "other");
                caller.call(
                        operation.method(),
                        unknown + (operation.path().endsWith("entries") ? "?after=0-0" : ""),
                        body(operation),
                        404);
            }
            if (operation.node().path("responses").has("400")) {
                String known = operation.path().replace("{unit}", UNIT).replace("{source}", "trading");
                caller.call(
                        operation.method(),
                        known + (operation.method().equals("GET") ? "?force=true" : ""),
                        operation.method().equals("GET") ? "" : "{}",
                        400);
            }
        }
    }

    private static void telemetry(Caller caller, TestRedis redis) {
        caller.call("GET", "/v1/telemetry", "", 200);
        caller.call("GET", "/v1/telemetry/trading", "", 200);
        caller.call("GET", "/v1/telemetry/silent", "", 502);
        caller.call("GET", "/v1/telemetry/silent/entries?after=0-0", "", 502);
        caller.call("GET", "/v1/telemetry/trading/entries?after=0-0&count=1000&wait=8000", "", 200);
        caller.call("GET", "/v1/telemetry/trading/entries?newest=9-9&oldest=0-0&count=1", "", 200);
        List<CompletableFuture<?>> waiting = IntStream.range(0, 9)
                .<CompletableFuture<?>>mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> caller.call("GET", "/v1/telemetry/trading/entries?after=1-0&wait=8000", "", 200, 503),
                        Thread::startVirtualThread))
                .toList();
        CompletableFuture.anyOf(waiting.toArray(CompletableFuture[]::new)).join();
        redis.add("2-0", "new");
        waiting.forEach(CompletableFuture::join);
    }

    private static MonitoringCompleted completed() {
        return new MonitoringCompleted(AgentTest.ROLLOUT, new Operation("op-1", 1), Duration.ofHours(6), 720);
    }

    private static PromoteRequest promotion(String operation, String digest) {
        return new PromoteRequest(AgentTest.ROLLOUT, new Operation(operation, 2), LEADER, digest, 1_100_000);
    }

    private static ConfirmRequest confirmation(String operation) {
        return new ConfirmRequest(AgentTest.ROLLOUT, new Operation(operation, 2), LEADER);
    }

    private static Object body(Documented operation) {
        return switch (operation.node().path("operationId").asText()) {
            case "putCanary" -> AgentTest.canary(AgentTest.ROLLOUT, "op-1", 1, LEADER);
            case "rollBack" -> AgentTest.rollback("op-3", 3);
            case "renewLease" -> AgentTest.renewal("op-1", LEADER, 1_100_000);
            case "promote" -> promotion("op-2", "b".repeat(64));
            case "confirm" -> confirmation("op-2");
            case "complete" -> completed();
            default -> "";
        };
    }

    // ---- the document

    private record Documented(String method, String path, JsonNode node) {}

    private List<Documented> documented() {
        return paths().flatMap(path -> METHODS.stream()
                        .filter(method -> document.path("paths").path(path).has(method))
                        .map(method -> new Documented(
                                method.toUpperCase(Locale.ROOT),
                                path,
                                document.path("paths").path(path).path(method))))
                .toList();
    }

    private Stream<String> paths() {
        return document.path("paths").properties().stream().map(Map.Entry::getKey);
    }

    private Set<String> documentedMethods(String path) {
        return documented().stream()
                .filter(operation -> operation.path().equals(path))
                .map(Documented::method)
                .collect(Collectors.toSet());
    }

    private static Set<String> methods(HttpResponse<String> notAllowed) {
        return Set.of(notAllowed.headers().firstValue("Allow").orElse("").split(", ", -1));
    }

    /** Each operation with each of its statuses. */
    private Set<String> promised() {
        Set<String> promised = new LinkedHashSet<>();
        documented()
                .forEach(operation -> operation.node().path("responses").properties().stream()
                        .map(Map.Entry::getKey)
                        .filter(status -> !status.equals("default"))
                        .forEach(status -> promised.add(operation.method() + " " + operation.path() + " " + status)));
        return promised;
    }

    private Optional<Documented> operation(String method, String path) {
        return documented().stream()
                .filter(operation -> operation.method().equals(method))
                .filter(operation -> path.matches(operation.path().replaceAll("\\{[a-z]+}", "[^/]+")))
                .findFirst();
    }

    private JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? document.at(node.path("$ref").asText().substring(1)) : node;
    }

    private void holds(JsonNode schema, String json, String what) {
        try {
            JsonNode whole = JSON.createObjectNode()
                    .setAll(Map.of(
                            "allOf", JSON.createArrayNode().add(schema), "components", document.path("components")));
            JsonSchema checked = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(whole);
            assertThat(checked.validate(JSON.readTree(json)))
                    .as(what + ": " + json)
                    .isEmpty();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    // ---- the agent

    private static HttpClient client(Credentials who) {
        SSLContext tls = TlsContext.client(who, "127.0.0.1");
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(tls)
                .sslParameters(TlsContext.parameters(tls))
                .build();
    }

    /** Calls the agent, and holds what goes there and back to the document. */
    private final class Caller {
        private final TestAgent agent;
        private final HttpClient http;

        Caller(TestAgent agent, HttpClient http) {
            this.agent = agent;
            this.http = http;
        }

        HttpResponse<String> call(String method, String path, Object body, Integer... statuses) {
            try {
                String json = body instanceof String text ? text : JSON.writeValueAsString(body);
                HttpRequest request = HttpRequest.newBuilder(URI.create(
                                agent.uri() + path.replace("{unit}", UNIT).replace("{source}", "trading")))
                        .method(method, BodyPublishers.ofString(json))
                        .build();
                HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
                assertThat(response.statusCode())
                        .as(method + " " + path + " " + response.body())
                        .isIn((Object[]) statuses);
                operation(method, path.replaceFirst("\\?.*", ""))
                        .ifPresent(operation -> check(operation, json, response));
                return response;
            } catch (IOException e) {
                throw new IllegalStateException(method + " " + path, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        private synchronized void check(Documented operation, String sent, HttpResponse<String> response) {
            String status = "" + response.statusCode();
            String what = operation.method() + " " + operation.path() + " " + status;
            JsonNode responses = operation.node().path("responses");
            JsonNode said = resolved(responses.path(responses.has(status) ? status : "default"));
            String type = response.headers().firstValue("Content-Type").orElse("");
            assertThat(said.path("content").has(type)).as(what + " " + type).isTrue();
            holds(said.path("content").path(type).path("schema"), response.body(), what);
            if (status.startsWith("2") && operation.node().has("requestBody")) {
                holds(operation.node().at("/requestBody/content/application~1json/schema"), sent, what + " request");
            }
            synchronized (seen) {
                seen.add(what);
            }
        }
    }
}
