package dev.qsc.host.agent;

import dev.qsc.agent.api.Problem;
import java.net.InetAddress;
import java.util.Optional;
import java.util.Set;

/** What is served over HTTPS. */
interface HttpService {
    /**
     * Who calls.
     *
     * @param names the URI and DNS names of its certificate
     * @param listed the one by which it is let in; empty for a stranger, whose calls are answered, but with a refusal
     * @param address where it calls from
     */
    record Caller(Set<String> names, Optional<String> listed, InetAddress address) {}

    /** The caller with those names. */
    Caller caller(Set<String> names, InetAddress address);

    /** Answers a call. */
    HttpReply answer(HttpCall call, Caller caller);

    /** Answers what is no call. */
    HttpReply answer(Problem problem, Caller caller);
}
