package dev.qsc.agent.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;

/**
 * Speaks agent API v1 with one agent. Calls block the calling thread, for two seconds at most while connecting and ten
 * altogether: a host that is down must not hold up a rollback on another one. Safe for use by many threads.
 *
 * <p>No call throws for what the network or the agent does: see {@link Answer}.
 */
public final class AgentClient implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration ALTOGETHER = Duration.ofSeconds(10);
    private static final int LARGEST_ANSWER = 1 << 20;
    private static final JsonMapper JSON = AgentJson.lenient();

    // A handshake costs a host more than all else of a renewal: a connection is kept from one to the next. The agent
    // keeps
    // it for two minutes. The platform reads this once.
    static {
        System.getProperties().putIfAbsent("jdk.httpclient.keepalive.timeout", "90");
    }

    private final URI address;
    private final Duration connect;
    private final HttpClient http;

    /**
     * A client of one agent.
     *
     * @param address {@code https://host:port}
     * @param serverName the DNS name or IP address that the agent's certificate must hold; null for the address' host
     * @param own the client's key, certificate and trusted authorities
     * @throws InvalidRequestException when the address is not of that form
     * @throws InvalidTlsException when key and certificate do not fit
     */
    public AgentClient(URI address, String serverName, Credentials own) {
        this(address, serverName, own, CONNECT);
    }

    /** The same, with another patience while connecting, TLS handshake included. */
    AgentClient(URI address, String serverName, Credentials own, Duration connect) {
        this.address = checked(address);
        this.connect = connect;
        SSLContext tls = TlsContext.client(own, serverName == null ? address.getHost() : serverName);
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(connect)
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .sslContext(tls)
                .sslParameters(TlsContext.parameters(tls))
                .build();
    }

    /** What the host is. */
    public Answer<HostFacts> host() {
        return read(request("/v1/host").GET(), HostFacts.class);
    }

    /** The live state of a unit. */
    public Answer<UnitState> unit(String unit) {
        return read(request(path(unit, "")).GET(), UnitState.class);
    }

    /** Asks for a canary; answered with the live state, as a repeated operation is. */
    public Answer<UnitState> put(String unit, CanaryRequest canary) {
        return command(request(path(unit, "/canary")).PUT(json(canary)), UnitState.class);
    }

    /** Lets a canary stay longer; answered with the host's clocks, on which the next deadline is to be named. */
    public Answer<HostClock> renew(String unit, LeaseRenewal renewal) {
        return command(request(path(unit, "/canary/lease")).POST(json(renewal)), HostClock.class);
    }

    /** Brings the engine home. */
    public Answer<UnitState> rollBack(String unit, RollbackRequest rollback) {
        return command(request(path(unit, "/canary")).method("DELETE", json(rollback)), UnitState.class);
    }

    /** Makes the canary's weights the baseline. */
    public Answer<UnitState> promote(String unit, PromoteRequest promotion) {
        return command(request(path(unit, "/canary/promote")).POST(json(promotion)), UnitState.class);
    }

    /** Forgets the old baseline of a promotion. */
    public Answer<UnitState> confirm(String unit, ConfirmRequest confirmation) {
        return command(request(path(unit, "/canary/promote/confirm")).POST(json(confirmation)), UnitState.class);
    }

    /** Adds the ledger's record of a watch that ended well. */
    public Answer<UnitState> record(String unit, MonitoringCompleted completed) {
        return command(request(path(unit, "/ledger")).POST(json(completed)), UnitState.class);
    }

    /**
     * A page of the host's ledger.
     *
     * @param after the sequence of the last record that is known; 0 for none
     * @param count the most records wanted, 1 to 1,000; a page may hold fewer
     */
    public Answer<LedgerPage> ledger(String unit, long after, int count) {
        return read(
                request(path(unit, "/ledger?after=" + after + "&count=" + count))
                        .GET(),
                LedgerPage.class);
    }

    /** The streams that the host's agent.yaml lists. */
    public Answer<StreamSources> sources() {
        return read(request("/v1/telemetry").GET(), StreamSources.class);
    }

    /** Where a stream ends that the host's agent.yaml lists under that name. */
    public Answer<StreamPosition> position(String source) {
        return read(request(telemetry(source, "")).GET(), StreamPosition.class);
    }

    /**
     * A page of such a stream, oldest first.
     *
     * @param after the id of the last entry that is known; {@code 0-0} for none
     * @param count the most entries wanted, 1 to 1,000; a page may hold fewer, see {@link StreamPage#more}
     * @param wait how long to wait for a first entry, up to eight seconds; zero not to wait
     */
    public Answer<StreamPage> entriesAfter(String source, String after, int count, Duration wait) {
        return read(
                request(telemetry(source, "/entries?after=" + after + "&count=" + count + "&wait=" + wait.toMillis()))
                        .GET(),
                StreamPage.class);
    }

    /**
     * A page of such a stream, newest first.
     *
     * @param newest the newest id wanted, included
     * @param oldest the oldest id wanted, included
     * @param count the most entries wanted, 1 to 1,000; a page may hold fewer, see {@link StreamPage#more}
     */
    public Answer<StreamPage> entriesBackward(String source, String newest, String oldest, int count) {
        return read(
                request(telemetry(source, "/entries?newest=" + newest + "&oldest=" + oldest + "&count=" + count))
                        .GET(),
                StreamPage.class);
    }

    /** Ends calls in flight, as if the network had gone. */
    @Override
    public void close() {
        http.shutdownNow();
    }

    /** Nothing is done by reading, so that no end of it is ambiguous. */
    private <T> Answer<T> read(HttpRequest.Builder request, Class<T> type) {
        return switch (readPatiently(request.build(), type)) {
            case Answer.Ambiguous<T>(String reason) -> new Answer.Unreachable<>(reason);
            case Answer<T> answer -> answer;
        };
    }

    /** An agent that distrusts a client says so and hangs up; its word is lost in three of ten times. */
    private <T> Answer<T> readPatiently(HttpRequest request, Class<T> type) {
        Answer<T> answer = call(request, type);
        for (int again = 0; again < 3 && answer.equals(new Answer.Ambiguous<T>(hungUp())); again++) {
            answer = call(request, type);
        }
        return answer;
    }

    private <T> Answer<T> command(HttpRequest.Builder request, Class<T> type) {
        return call(request.header("Content-Type", "application/json").build(), type);
    }

    private <T> Answer<T> call(HttpRequest request, Class<T> type) {
        CompletableFuture<HttpResponse<byte[]>> answer =
                http.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST_ANSWER));
        try {
            return understood(answer.get(ALTOGETHER.toMillis(), TimeUnit.MILLISECONDS), type);
        } catch (TimeoutException e) {
            answer.cancel(true);
            return new Answer.Ambiguous<>(address + " did not answer within " + ALTOGETHER.toSeconds() + " s");
        } catch (ExecutionException e) {
            return failed(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer.cancel(true);
            return new Answer.Ambiguous<>("the call to " + address + " was interrupted");
        }
    }

    private <T> Answer<T> understood(HttpResponse<byte[]> response, Class<T> type) {
        try {
            return response.statusCode() / 100 == 2
                    ? new Answer.Done<>(value(response, type))
                    : new Answer.Refused<>(value(response, Problem.class));
        } catch (IOException | IllegalArgumentException e) {
            return new Answer.Ambiguous<>(address + " answered " + response.statusCode()
                    + ", but not in the words of agent API v1: is a QSC agent of this version at that address?");
        }
    }

    private static <T> T value(HttpResponse<byte[]> response, Class<T> type) throws IOException {
        T value = JSON.readValue(response.body(), type);
        if (value == null) {
            throw new IOException("null");
        }
        return value;
    }

    /** Whether anything can have been done is told by how far the call came. */
    private <T> Answer<T> failed(Throwable failure) {
        if (failure instanceof HttpConnectTimeoutException) {
            return new Answer.Unreachable<>("no connection to " + address + " within " + connect.toSeconds()
                    + " s: is the host up, and may this machine reach it?");
        }
        if (failure instanceof ConnectException) {
            return new Answer.Unreachable<>(
                    find(failure, UnresolvedAddressException.class).isPresent()
                            ? "the name in " + address + " cannot be resolved: check the EngineHost's address"
                            : "nothing accepts connections at " + address + ": is qsc-agent.socket active there?");
        }
        Optional<SSLHandshakeException> handshake = find(failure, SSLHandshakeException.class);
        if (handshake.isPresent()) {
            return new Answer.NotTrusted<>(distrust(handshake.get()));
        }
        if (find(failure, EOFException.class).isPresent()
                || find(failure, SocketException.class).isPresent()) {
            return new Answer.Ambiguous<>(hungUp());
        }
        return new Answer.Ambiguous<>("the connection to " + address + " broke: " + words(failure));
    }

    private String hungUp() {
        return "the agent at " + address + " hung up without a word: it does so when its ca did not sign this client's"
                + " certificate, or when it is stopped; its journal says which";
    }

    private String distrust(SSLHandshakeException handshake) {
        if (String.valueOf(handshake.getMessage()).contains("Received fatal alert")) {
            return "the agent at " + address + " does not trust this client's certificate (" + words(handshake)
                    + "): its ca must be the authority that signed the client's";
        }
        return "the agent at " + address + " is not trusted: "
                + find(handshake, CertPathBuilderException.class)
                        .map(ignored -> "none of the authorities in this client's ca signed its certificate")
                        .or(() -> find(handshake, CertificateException.class).map(AgentClient::words))
                        .orElseGet(() -> words(handshake))
                + "; check the authority, and the EngineHost's address and serverName";
    }

    private static String words(Throwable failure) {
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }

    private static <E extends Throwable> Optional<E> find(Throwable failure, Class<E> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return Optional.of(type.cast(cause));
            }
        }
        return Optional.empty();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(address.resolve(path)).header("Accept", "application/json");
    }

    private static String path(String unit, String rest) {
        return "/v1/units/" + encoded(unit) + rest;
    }

    private static String telemetry(String source, String rest) {
        return "/v1/telemetry/" + encoded(source) + rest;
    }

    private static String encoded(String piece) {
        return URLEncoder.encode(piece, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static BodyPublisher json(Object request) {
        try {
            return BodyPublishers.ofByteArray(JSON.writeValueAsBytes(request));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("every record of the agent API can be written as JSON", e);
        }
    }

    private static URI checked(URI address) {
        boolean complete = "https".equals(address.getScheme())
                && address.getHost() != null
                && address.getUserInfo() == null
                && address.getQuery() == null
                && address.getFragment() == null
                && (address.getPath().isEmpty() || address.getPath().equals("/"));
        if (!complete) {
            throw new InvalidRequestException("the address " + address + " must be https://host:port, and no more");
        }
        return address;
    }
}
