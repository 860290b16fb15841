package dev.qsc.e2e.operator;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.qsc.agent.api.AgentJson;
import dev.qsc.agent.api.CanaryRequest;
import dev.qsc.agent.api.CanaryState;
import dev.qsc.agent.api.Credentials;
import dev.qsc.agent.api.Digests;
import dev.qsc.agent.api.HostClock;
import dev.qsc.agent.api.HostFacts;
import dev.qsc.agent.api.LeaseRenewal;
import dev.qsc.agent.api.Operation;
import dev.qsc.agent.api.RollbackRequest;
import dev.qsc.agent.api.RolloutRef;
import dev.qsc.agent.api.TlsContext;
import dev.qsc.agent.api.UnitState;
import dev.qsc.agent.api.UnitState.Fence;
import dev.qsc.agent.api.UnitState.OperationRef;
import dev.qsc.e2e.lab.Pki;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/**
 * An agent without a host: speaks agent API v1 over mutual TLS and keeps one engine in memory, which obeys at once. It
 * counts what a real engine would feel, and loses answers when told to. For what hosts really do there are test hosts.
 */
final class StandInAgent implements AutoCloseable {
    private static final JsonMapper JSON = AgentJson.strict();
    private static final String UNIT = "quantum-ai_engine.service";
    private static final Map<String, BigDecimal> BASELINE = new TreeMap<>(
            Map.of("xgb", new BigDecimal("0.25"), "lgbm", new BigDecimal("0.25"), "nhits", new BigDecimal("0.5")));

    private final HttpsServer server;
    private final Instant started = Instant.now().minus(Duration.ofHours(1));
    private final List<CanaryRequest> activations = new ArrayList<>();
    private final List<String> calls = new ArrayList<>();
    private final Map<String, Fence> fences = new HashMap<>();
    private CanaryState state = CanaryState.Idle;
    private OperationRef operation;
    private CanaryRequest canary;
    private LeaseRenewal lease;
    private String invocation = invocation();
    private final CountDownLatch end = new CountDownLatch(1);
    private boolean answersAreLost;
    private volatile boolean hangs;

    private StandInAgent(HttpsServer server) {
        this.server = server;
    }

    /** Listens on a free port of loopback. */
    static StandInAgent start(Pki pki) {
        var own = pki.agent("stand-in", "127.0.0.1");
        var tls = TlsContext.server(Credentials.read(own.certificate(), own.key(), pki.authority()));
        try {
            var server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setHttpsConfigurator(new HttpsConfigurator(tls) {
                @Override
                public void configure(HttpsParameters parameters) {
                    parameters.setSSLParameters(TlsContext.parameters(tls));
                }
            });
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            var agent = new StandInAgent(server);
            server.createContext("/v1/host", exchange -> answer(exchange, agent.facts()));
            server.createContext("/v1/units/" + UNIT, agent::handle);
            server.start();
            return agent;
        } catch (IOException e) {
            throw new UncheckedIOException("the stand-in agent cannot listen: " + e.getMessage(), e);
        }
    }

    String address() {
        return "https://127.0.0.1:" + server.getAddress().getPort();
    }

    /** From now on, calls that change something are carried out, but their answers never arrive. */
    synchronized void loseAnswers(boolean lose) {
        answersAreLost = lose;
    }

    /** From now on, it takes calls about the unit and never answers. */
    void hang() {
        hangs = true;
    }

    /** The canaries it was asked for, repeated ones too. */
    synchronized List<CanaryRequest> activations() {
        return List.copyOf(activations);
    }

    /** Methods and paths of all calls that change something, in their order. */
    synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    @Override
    public void close() {
        end.countDown();
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        if (hangs) {
            awaitEnd();
        }
        var body = exchange.getRequestBody().readAllBytes();
        var method = exchange.getRequestMethod();
        var path = exchange.getRequestURI().getPath().substring("/v1/units/".length() + UNIT.length());
        var answer = method.equals("GET") ? unit() : change(method + " " + path, body);
        if (answer == null) {
            exchange.close();
        } else {
            answer(exchange, answer);
        }
    }

    private void awaitEnd() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What to answer; null for nothing. */
    private synchronized Object change(String call, byte[] body) throws IOException {
        calls.add(call);
        switch (call) {
            case "PUT /canary" -> activate(JSON.readValue(body, CanaryRequest.class));
            case "POST /canary/lease" -> lease = JSON.readValue(body, LeaseRenewal.class);
            case "DELETE /canary" -> goHome(JSON.readValue(body, RollbackRequest.class));
            case "POST /ledger" -> {}
            default -> throw new IllegalStateException("the stand-in does not know " + call);
        }
        if (answersAreLost) {
            return null;
        }
        return call.equals("POST /canary/lease") ? clock() : unit();
    }

    private void activate(CanaryRequest request) {
        activations.add(request);
        if (canary != null && canary.operation().equals(request.operation())) {
            return;
        }
        canary = request;
        lease = null;
        restarted(CanaryState.Active, request.rollout(), request.operation(), 0);
    }

    private void goHome(RollbackRequest request) {
        canary = null;
        restarted(
                CanaryState.Home,
                request.rollout(),
                request.operation(),
                request.operation().sequence());
    }

    private void restarted(CanaryState now, RolloutRef rollout, Operation last, long tombstone) {
        state = now;
        invocation = invocation();
        operation = new OperationRef(rollout.uid(), last.id(), last.sequence());
        fences.put(rollout.uid(), new Fence(rollout.uid(), null, tombstone, operation, now, ""));
    }

    private synchronized UnitState unit() {
        return new UnitState(
                UNIT,
                state,
                "",
                operation,
                new UnitState.Engine("active", "running", started, invocation, 0, null),
                new UnitState.Baseline(baselineDigest(), BASELINE),
                canary == null ? null : armed(),
                List.copyOf(fences.values()),
                new UnitState.Limits(
                        Duration.ofHours(1).toMillis(), Duration.ofDays(2).toMillis(), 0),
                clock());
    }

    private UnitState.Canary armed() {
        return new UnitState.Canary(
                canary.rollout(),
                canary.operation(),
                lease == null ? canary.epoch() : lease.epoch(),
                canary.step(),
                canary.model(),
                canary.percent(),
                canary.weights().digest(),
                canary.baselineDigest(),
                lease == null ? canary.leaseDeadline() : lease.deadline(),
                started,
                invocation);
    }

    private HostFacts facts() {
        return new HostFacts(
                "stand-in",
                "0.1.0",
                "252",
                List.of(UNIT),
                Instant.now().plus(Duration.ofDays(30)).truncatedTo(java.time.temporal.ChronoUnit.DAYS),
                null,
                0,
                clock());
    }

    private static HostClock clock() {
        return new HostClock(System.nanoTime() / 1_000_000 + Duration.ofDays(1).toMillis(), Instant.now());
    }

    private static String baselineDigest() {
        return Digests.sha256("baseline".getBytes(StandardCharsets.UTF_8));
    }

    private static String invocation() {
        return UUID.randomUUID().toString().replace("-", "");
    }

    private static void answer(HttpExchange exchange, Object value) throws IOException {
        var json = JSON.writeValueAsBytes(value);
        try (exchange) {
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, json.length);
            exchange.getResponseBody().write(json);
        }
    }
}
