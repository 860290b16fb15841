package dev.qsc.host.agent;

import dev.qsc.agent.api.InvalidRequestException;
import dev.qsc.agent.api.Problem;
import dev.qsc.agent.api.SubjectNames;
import dev.qsc.agent.api.TlsContext;
import dev.qsc.host.agent.HttpService.Caller;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/**
 * One client: handshake, then call after call, each answered before the next is read. Whoever counts connections ends
 * it when a phase takes too long; nothing in here waits for a clock.
 */
final class HttpsConnection {
    /** What it is at, and how long that may take. */
    enum Phase {
        /** The handshake. */
        GREETING(Duration.ofSeconds(5)),
        /** Longer than clients keep a connection, so that none is closed under a command. */
        WAITING(Duration.ofMinutes(2)),
        /** A request that has begun. */
        READING(Duration.ofSeconds(10)),
        /** The longest command takes eight seconds. */
        ANSWERING(Duration.ofSeconds(30)),
        /** Until the client has seen why. */
        LEAVING(Duration.ofSeconds(1));

        private final Duration patience;

        Phase(Duration patience) {
            this.patience = patience;
        }
    }

    private record State(Phase phase, long since) {}

    private final SocketChannel channel;
    private final Supplier<SSLContext> tls;
    private final SSLContext context;
    private final HttpService service;
    private volatile State state;
    private volatile boolean welcome;

    /** @param tls asked now; with another context later, the connection ends with the next answer */
    HttpsConnection(SocketChannel channel, Supplier<SSLContext> tls, HttpService service) {
        this.channel = channel;
        this.tls = tls;
        this.context = tls.get();
        this.service = service;
        enter(Phase.GREETING);
    }

    /** Serves the client until one side has enough. */
    void serve() {
        try (channel) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            Socket raw = channel.socket();
            try {
                converse(raw);
            } finally {
                leave(raw);
            }
        } catch (IOException e) {
            // The client is gone, which is its right.
        }
    }

    private void converse(Socket raw) throws IOException {
        SSLSocket secured = (SSLSocket) context.getSocketFactory().createSocket(raw, null, false);
        secured.setSSLParameters(TlsContext.parameters(context));
        try {
            secured.startHandshake();
        } catch (SSLException e) {
            Log.warning("handshake_failed", "from", raw.getInetAddress().getHostAddress(), "detail", e.getMessage());
            return;
        }
        X509Certificate certificate = (X509Certificate) secured.getSession().getPeerCertificates()[0];
        Caller caller = service.caller(SubjectNames.ofClient(certificate), raw.getInetAddress());
        welcome = caller.listed().isPresent();
        InputStream in = new BufferedInputStream(secured.getInputStream());
        OutputStream out = new BufferedOutputStream(secured.getOutputStream());
        boolean goesOn = true;
        while (goesOn) {
            enter(welcome ? Phase.WAITING : Phase.READING);
            int first = in.read();
            goesOn = first >= 0 && answered(first, in, out, caller);
        }
        secured.shutdownOutput();
    }

    /** Answers one call; false when there can be no other. */
    private boolean answered(int first, InputStream in, OutputStream out, Caller caller) throws IOException {
        enter(Phase.READING);
        HttpCall call;
        try {
            call = HttpCall.read(first, in, out);
        } catch (RefusedException e) {
            return last(service.answer(e.problem(), caller), out);
        } catch (InvalidRequestException e) {
            return last(service.answer(Problem.Kind.INVALID_REQUEST.detail(e.getMessage()), caller), out);
        }
        enter(Phase.ANSWERING);
        HttpReply reply = service.answer(call, caller);
        boolean last = call.last() || !welcome || !context.equals(tls.get());
        enter(Phase.ANSWERING);
        reply.write(out, last, call.method().equals("HEAD"));
        return !last;
    }

    private boolean last(HttpReply reply, OutputStream out) throws IOException {
        enter(Phase.ANSWERING);
        reply.write(out, true, false);
        return false;
    }

    /** Closing while the client still sends would take our last word from it. */
    private void leave(Socket raw) throws IOException {
        enter(Phase.LEAVING);
        raw.shutdownOutput();
        raw.getInputStream().transferTo(OutputStream.nullOutputStream());
    }

    private void enter(Phase phase) {
        state = new State(phase, System.nanoTime());
    }

    /** Whether it has been at one thing for longer than that may take. */
    boolean isOverdue() {
        State now = state;
        return System.nanoTime() - now.since() > now.phase().patience.toNanos();
    }

    /** Whether it has waited for a call for that long. */
    boolean isIdleFor(Duration quiet) {
        State now = state;
        return now.phase() == Phase.WAITING && System.nanoTime() - now.since() >= quiet.toNanos();
    }

    /** Whether the client is on the list, as far as is known. */
    boolean isWelcome() {
        return welcome;
    }

    /** Ends it at once. */
    void cut() {
        try {
            channel.close();
        } catch (IOException e) {
            // It is closed now.
        }
    }
}
