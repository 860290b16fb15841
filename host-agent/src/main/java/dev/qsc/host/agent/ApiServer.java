package dev.qsc.host.agent;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.qsc.agent.api.AgentJson;
import dev.qsc.agent.api.CanaryRequest;
import dev.qsc.agent.api.ConfirmRequest;
import dev.qsc.agent.api.InvalidRequestException;
import dev.qsc.agent.api.LeaseRenewal;
import dev.qsc.agent.api.MonitoringCompleted;
import dev.qsc.agent.api.Problem;
import dev.qsc.agent.api.PromoteRequest;
import dev.qsc.agent.api.RollbackRequest;
import dev.qsc.agent.api.SubjectNames;
import dev.qsc.agent.api.TlsContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Agent API v1 over HTTPS: TLS 1.3, a client certificate of the configured authority (others fail in the handshake)
 * with a name on the list (others get 403), bodies of at most 64 KiB, ten seconds to send a request. Every error is an
 * RFC 9457 problem.
 */
final class ApiServer implements AutoCloseable {
    private static final int LARGEST_BODY = 64 * 1024;
    private static final JsonMapper JSON = AgentJson.strict();

    /** How the platform's server is bounded unless the command line says otherwise; it reads them once. */
    private static final Map<String, String> BOUNDS = Map.of(
            // Answers on a kept connection would wait for delayed acknowledgements.
            "sun.net.httpserver.nodelay", "true",
            // Seconds a client may take to send a request.
            "sun.net.httpserver.maxReqTime", "10",
            // Seconds an answer may take; the longest command waits for eight.
            "sun.net.httpserver.maxRspTime", "30",
            // Seconds a connection may idle: longer than a client keeps one, so that none is closed under a command.
            "sun.net.httpserver.idleInterval", "120",
            "sun.net.httpserver.maxReqHeaders", "50",
            "sun.net.httpserver.maxReqHeaderSize", "16384",
            "jdk.httpserver.maxConnections", "64");

    /** What a call is answered with. */
    private record Reply(int status, Object body) {}

    @FunctionalInterface
    private interface Call {
        Reply answer(Host host, String unit, HttpExchange exchange) throws IOException;
    }

    /** A path below {@code /v1}; {@code *} is a unit. */
    private record Route(String method, List<String> path, Call call) {
        static Route of(String method, String path, Call call) {
            return new Route(method, List.of(path.split("/")), call);
        }

        boolean leadsTo(List<String> other) {
            return path.size() == other.size()
                    && IntStream.range(0, path.size())
                            .allMatch(
                                    i -> path.get(i).equals("*") || path.get(i).equals(other.get(i)));
        }
    }

    private static final List<Route> ROUTES = List.of(
            Route.of("GET", "host", (host, unit, call) -> new Reply(200, host.facts())),
            Route.of(
                    "GET",
                    "units/*",
                    (host, unit, call) -> new Reply(200, host.desk(unit).state())),
            Route.of(
                    "PUT",
                    "units/*/canary",
                    (host, unit, call) -> new Reply(202, host.desk(unit).put(body(call, CanaryRequest.class)))),
            Route.of(
                    "DELETE",
                    "units/*/canary",
                    (host, unit, call) -> new Reply(202, host.desk(unit).rollBack(body(call, RollbackRequest.class)))),
            Route.of(
                    "POST",
                    "units/*/canary/lease",
                    (host, unit, call) -> new Reply(200, host.desk(unit).renew(body(call, LeaseRenewal.class)))),
            Route.of(
                    "POST",
                    "units/*/canary/promote",
                    (host, unit, call) -> new Reply(202, host.desk(unit).promote(body(call, PromoteRequest.class)))),
            Route.of(
                    "POST",
                    "units/*/canary/promote/confirm",
                    (host, unit, call) -> new Reply(202, host.desk(unit).confirm(body(call, ConfirmRequest.class)))),
            Route.of(
                    "POST",
                    "units/*/ledger",
                    (host, unit, call) ->
                            new Reply(202, host.desk(unit).complete(body(call, MonitoringCompleted.class)))));

    private final Host host;
    private final Set<String> clients;
    private final HttpsServer server;

    /**
     * A server that listens, and answers once it is started.
     *
     * @throws IOException when the address cannot be bound
     */
    ApiServer(InetSocketAddress listen, SSLContext tls, Set<String> clients, Host host) throws IOException {
        BOUNDS.forEach(System.getProperties()::putIfAbsent);
        this.host = host;
        this.clients = clients;
        this.server = HttpsServer.create(listen, 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls) {
            @Override
            public void configure(HttpsParameters parameters) {
                parameters.setSSLParameters(TlsContext.parameters(getSSLContext()));
            }
        });
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
    }

    void start() {
        server.start();
    }

    /** Where it listens. */
    InetSocketAddress address() {
        return server.getAddress();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Reply reply = reply(exchange);
            byte[] body = JSON.writeValueAsBytes(reply.body());
            boolean problem = reply.body() instanceof Problem;
            exchange.getResponseHeaders()
                    .set("Content-Type", problem ? "application/problem+json" : "application/json");
            exchange.sendResponseHeaders(reply.status(), body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private Reply reply(HttpExchange exchange) {
        String client = "";
        Reply reply;
        try {
            client = client(exchange);
            reply = route(exchange);
        } catch (RefusedException e) {
            reply = problem(e.problem());
        } catch (InvalidRequestException e) {
            reply = problem(Problem.Kind.INVALID_REQUEST.detail(e.getMessage()));
        } catch (HostException e) {
            reply = problem(Problem.Kind.HOST_ERROR.detail(e.getMessage()));
        } catch (IOException | RuntimeException e) {
            reply = problem(Problem.Kind.HOST_ERROR.detail("the agent failed: " + e));
        }
        log(exchange, client, reply);
        return reply;
    }

    private static Reply problem(Problem problem) {
        return new Reply(problem.status(), problem);
    }

    private static void log(HttpExchange exchange, String client, Reply reply) {
        Object[] call = {
            "method", exchange.getRequestMethod(),
            "path", exchange.getRequestURI().getRawPath(),
            "client", client,
            "from", exchange.getRemoteAddress().getAddress().getHostAddress(),
            "status", reply.status(),
            "detail", reply.body() instanceof Problem problem ? problem.detail() : ""
        };
        if (reply.body() instanceof Problem) {
            Log.warning("call_refused", call);
        } else if (!exchange.getRequestMethod().equals("GET")
                && !exchange.getRequestURI().getRawPath().endsWith("/lease")) {
            Log.info("call_taken", call);
        }
    }

    /** The name on the list that the client's certificate holds. */
    private String client(HttpExchange exchange) {
        Set<String> names;
        try {
            names = SubjectNames.ofClient(
                    (X509Certificate) ((HttpsExchange) exchange).getSSLSession().getPeerCertificates()[0]);
        } catch (SSLPeerUnverifiedException e) {
            names = Set.of();
        }
        Optional<String> listed = names.stream().filter(clients::contains).findFirst();
        String named = names.stream().sorted().collect(Collectors.joining(", "));
        return listed.orElseThrow(
                () -> new RefusedException(Problem.Kind.NOT_AUTHORISED.detail("the client's certificate names "
                        + (named.isEmpty() ? "nobody" : named) + ", which agent.yaml does not list under clients")));
    }

    private Reply route(HttpExchange exchange) throws IOException {
        List<String> path = path(exchange);
        List<Route> routes =
                ROUTES.stream().filter(route -> route.leadsTo(path)).toList();
        if (routes.isEmpty()) {
            return problem(Problem.Kind.NOT_FOUND.detail("agent API v1 has no such path"));
        }
        Optional<Route> route = routes.stream()
                .filter(candidate -> candidate.method().equals(exchange.getRequestMethod()))
                .findFirst();
        if (route.isEmpty()) {
            String methods = routes.stream().map(Route::method).collect(Collectors.joining(", "));
            exchange.getResponseHeaders().set("Allow", methods);
            return problem(Problem.Kind.METHOD_NOT_ALLOWED.detail("this path takes " + methods));
        }
        return route.get().call().answer(host, path.size() > 1 ? path.get(1) : "", exchange);
    }

    /** The pieces of the path below {@code /v1}, decoded one by one; none for any other path. */
    private static List<String> path(HttpExchange exchange) {
        String raw = exchange.getRequestURI().getRawPath();
        if (raw == null || !raw.startsWith("/v1/")) {
            return List.of();
        }
        return Arrays.stream(raw.substring("/v1/".length()).split("/", -1))
                .map(piece -> URLDecoder.decode(piece.replace("+", "%2B"), StandardCharsets.UTF_8))
                .toList();
    }

    private static <T> T body(HttpExchange exchange, Class<T> type) throws IOException {
        byte[] bytes = exchange.getRequestBody().readNBytes(LARGEST_BODY + 1);
        if (bytes.length > LARGEST_BODY) {
            throw new RefusedException(
                    Problem.Kind.TOO_LARGE.detail("a body may have " + LARGEST_BODY + " bytes at most"));
        }
        try {
            T value = JSON.readValue(bytes, type);
            if (value == null) {
                throw new InvalidRequestException("the body must be a JSON object, not null");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new InvalidRequestException(fault(e));
        }
    }

    /** What is wrong with a body, without the names of our classes. */
    private static String fault(JsonProcessingException e) {
        if (e.getCause() instanceof InvalidRequestException invalid) {
            return invalid.getMessage();
        }
        String where = e instanceof JsonMappingException mapping
                ? mapping.getPath().stream()
                        .map(piece ->
                                piece.getFieldName() == null ? "[" + piece.getIndex() + "]" : piece.getFieldName())
                        .collect(Collectors.joining("."))
                : "";
        return switch (e) {
            case UnrecognizedPropertyException unknown -> where + " is not a field of this request";
            case JsonParseException parse ->
                "the body is not JSON: line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr();
            default -> where.isEmpty() ? "the body must be a JSON object" : where + " has a value of the wrong kind";
        };
    }
}
