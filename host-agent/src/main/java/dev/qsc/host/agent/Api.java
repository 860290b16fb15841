package dev.qsc.host.agent;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qsc.agent.api.AgentJson;
import dev.qsc.agent.api.CanaryRequest;
import dev.qsc.agent.api.ConfirmRequest;
import dev.qsc.agent.api.InvalidRequestException;
import dev.qsc.agent.api.LeaseRenewal;
import dev.qsc.agent.api.MonitoringCompleted;
import dev.qsc.agent.api.Problem;
import dev.qsc.agent.api.PromoteRequest;
import dev.qsc.agent.api.RollbackRequest;
import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Agent API v1, for clients whose certificate has a name on the list; others get 403. Every error is an RFC 9457
 * problem. {@code openapi.yaml} describes it.
 */
final class Api implements HttpService {
    private static final JsonMapper JSON = AgentJson.strict();

    /** What a call is answered with; {@code allow} is empty but for a method that the path does not take. */
    private record Reply(int status, Object body, String allow) {
        Reply(int status, Object body) {
            this(status, body, "");
        }

        static Reply of(Problem problem) {
            return new Reply(problem.status(), problem);
        }
    }

    @FunctionalInterface
    private interface Action {
        Reply take(String name, HttpCall call);
    }

    /** A path below {@code /v1}; {@code *} is a unit's or a stream's name. */
    private record Route(String method, List<String> path, Action action) {
        static Route of(String method, String path, Action action) {
            return new Route(method, List.of(path.split("/")), action);
        }

        boolean leadsTo(List<String> other) {
            return path.size() == other.size()
                    && IntStream.range(0, path.size())
                            .allMatch(
                                    i -> path.get(i).equals("*") || path.get(i).equals(other.get(i)));
        }
    }

    private final Host host;
    private final Relay relay;
    private final Set<String> clients;
    private final List<Route> routes;

    /** @param clients the URI and DNS names that are let in; DNS names in lower case */
    Api(Host host, Relay relay, Set<String> clients) {
        this.host = host;
        this.relay = relay;
        this.clients = clients;
        this.routes = List.of(
                Route.of("GET", "host", (none, call) -> new Reply(200, host.facts())),
                Route.of(
                        "GET",
                        "units/*",
                        (unit, call) -> new Reply(200, desk(unit).state())),
                Route.of(
                        "PUT",
                        "units/*/canary",
                        (unit, call) -> new Reply(202, desk(unit).put(body(call, CanaryRequest.class)))),
                Route.of(
                        "DELETE",
                        "units/*/canary",
                        (unit, call) -> new Reply(202, desk(unit).rollBack(body(call, RollbackRequest.class)))),
                Route.of(
                        "POST",
                        "units/*/canary/lease",
                        (unit, call) -> new Reply(200, desk(unit).renew(body(call, LeaseRenewal.class)))),
                Route.of(
                        "POST",
                        "units/*/canary/promote",
                        (unit, call) -> new Reply(202, desk(unit).promote(body(call, PromoteRequest.class)))),
                Route.of(
                        "POST",
                        "units/*/canary/promote/confirm",
                        (unit, call) -> new Reply(202, desk(unit).confirm(body(call, ConfirmRequest.class)))),
                Route.of(
                        "POST",
                        "units/*/ledger",
                        (unit, call) -> new Reply(202, desk(unit).complete(body(call, MonitoringCompleted.class)))),
                Route.of("GET", "units/*/ledger", this::ledger),
                Route.of("GET", "telemetry", (none, call) -> new Reply(200, relay.sources())),
                Route.of("GET", "telemetry/*", (source, call) -> new Reply(200, relay.position(source))),
                Route.of("GET", "telemetry/*/entries", this::entries));
    }

    @Override
    public Caller caller(Set<String> names, InetAddress address) {
        return new Caller(names, names.stream().filter(clients::contains).findFirst(), address);
    }

    @Override
    public HttpReply answer(HttpCall call, Caller caller) {
        Reply reply = caller.listed().isPresent() ? reply(call) : Reply.of(stranger(caller));
        log(call.method(), call.path(), caller, reply);
        return http(reply);
    }

    @Override
    public HttpReply answer(Problem problem, Caller caller) {
        log("", "", caller, Reply.of(problem));
        return http(Reply.of(problem));
    }

    private static HttpReply http(Reply reply) {
        try {
            Map<String, String> headers = new LinkedHashMap<>();
            headers.put(
                    "Content-Type", reply.body() instanceof Problem ? "application/problem+json" : "application/json");
            if (!reply.allow().isEmpty()) {
                headers.put("Allow", reply.allow());
            }
            return new HttpReply(reply.status(), headers, JSON.writeValueAsString(reply.body()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("every record of the agent API can be written as JSON", e);
        }
    }

    private static Problem stranger(Caller caller) {
        String named = caller.names().stream().sorted().collect(Collectors.joining(", "));
        return Problem.Kind.NOT_AUTHORISED.detail("the client's certificate names "
                + (named.isEmpty() ? "nobody" : named) + ", which agent.yaml does not list under clients");
    }

    private static void log(String method, String path, Caller caller, Reply reply) {
        Object[] line = {
            "method",
            method,
            "path",
            path,
            "client",
            caller.listed().orElse(""),
            "from",
            caller.address().getHostAddress(),
            "status",
            reply.status(),
            "detail",
            reply.body() instanceof Problem problem ? problem.detail() : ""
        };
        if (reply.body() instanceof Problem) {
            Log.warning("call_refused", line);
        } else if (!method.equals("GET") && !path.endsWith("/lease")) {
            Log.info("call_taken", line);
        }
    }

    private Reply reply(HttpCall call) {
        try {
            return route(call);
        } catch (RefusedException e) {
            return Reply.of(e.problem());
        } catch (InvalidRequestException e) {
            return Reply.of(Problem.Kind.INVALID_REQUEST.detail(e.getMessage()));
        } catch (HostException e) {
            return Reply.of(Problem.Kind.HOST_ERROR.detail(e.getMessage()));
        } catch (RuntimeException e) {
            return Reply.of(Problem.Kind.HOST_ERROR.detail("the agent failed: " + e));
        }
    }

    private Reply route(HttpCall call) {
        List<String> pieces = call.pieces();
        List<String> path = pieces.getFirst().equals("v1") ? pieces.subList(1, pieces.size()) : List.of();
        List<Route> there = routes.stream().filter(route -> route.leadsTo(path)).toList();
        if (there.isEmpty()) {
            return Reply.of(Problem.Kind.NOT_FOUND.detail("agent API v1 has no such path"));
        }
        String methods = there.stream().map(Route::method).collect(Collectors.joining(", "));
        return there.stream()
                .filter(route -> route.method().equals(call.method()))
                .findFirst()
                .map(route -> route.action().take(path.size() > 1 ? path.get(1) : "", call))
                .orElseGet(() -> {
                    Problem problem = Problem.Kind.METHOD_NOT_ALLOWED.detail("this path takes " + methods);
                    return new Reply(problem.status(), problem, methods);
                });
    }

    private UnitDesk desk(String unit) {
        return host.desk(unit);
    }

    private Reply ledger(String unit, HttpCall call) {
        desk(unit);
        Query query = Query.of(call, "after", "count");
        return new Reply(200, host.ledger().page(query.number("after", 0, 0, Long.MAX_VALUE), query.count()));
    }

    /** Forward from an entry, or backward from the end. */
    private Reply entries(String source, HttpCall call) {
        if (call.query().containsKey("newest")) {
            Query query = Query.of(call, "newest", "oldest", "count");
            return new Reply(200, relay.backward(source, query.id("newest"), query.id("oldest"), query.count()));
        }
        Query query = Query.of(call, "after", "count", "wait");
        Duration wait = Duration.ofMillis(query.number("wait", 0, 0, Relay.LONGEST_WAIT.toMillis()));
        return new Reply(200, relay.after(source, query.id("after"), query.count(), wait));
    }

    private static <T> T body(HttpCall call, Class<T> type) {
        try {
            T value = JSON.readValue(call.body(), type);
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
