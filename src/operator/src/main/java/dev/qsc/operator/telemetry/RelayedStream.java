package dev.qsc.operator.telemetry;

import dev.qsc.agent.api.AgentClient;
import dev.qsc.agent.api.Answer;
import dev.qsc.agent.api.StreamPage;
import dev.qsc.agent.api.StreamPosition;
import dev.qsc.api.EngineHostSpec;
import dev.qsc.operator.hosts.Agents;
import dev.qsc.quality.StreamEntry;
import dev.qsc.quality.StreamId;
import dev.qsc.telemetry.EventSource;
import dev.qsc.telemetry.Page;
import dev.qsc.telemetry.Position;
import dev.qsc.telemetry.StreamPlace;
import dev.qsc.telemetry.TelemetryException;
import dev.qsc.telemetry.TelemetryException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;

/**
 * A stream that the agent of a host hands on. Each call is one of the agent's API; calls that wait have a connection of
 * their own, so that none holds up a command to the same host. Thread-safe.
 */
final class RelayedStream implements EventSource {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

    private final Place place;

    /**
     * A stream by the name that root on a host gave it.
     *
     * @param host name of the EngineHost, for people
     * @param spec how its agent is reached
     * @param source the stream's name in the host's agent.yaml
     */
    record Place(Agents agents, String host, EngineHostSpec spec, String source) implements StreamPlace {
        @Override
        public EventSource open() {
            return new RelayedStream(this);
        }

        @Override
        public String toString() {
            return "stream %s via EngineHost %s".formatted(source, host);
        }
    }

    private RelayedStream(Place place) {
        this.place = place;
    }

    @Override
    public Position position() {
        StreamPosition end = call(agent -> agent.position(place.source()));
        return new Position(StreamId.parse(end.lastId()), end.time());
    }

    @Override
    public Instant time() {
        return position().time();
    }

    @Override
    public Page backward(StreamId newest, StreamId oldest, int count) {
        return page(call(agent -> agent.entriesBackward(place.source(), newest.toString(), oldest.toString(), count)));
    }

    @Override
    public Page after(StreamId last, int count, Duration wait) {
        Duration bounded = wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
        return page(call(agent -> agent.entriesAfter(place.source(), last.toString(), count, bounded)));
    }

    static Page page(StreamPage page) {
        List<StreamEntry> entries =
                page.entries().stream().map(RelayedStream::entry).toList();
        return new Page(entries, !page.more() || entries.isEmpty());
    }

    /** An entry that is too large to be handed on may be an event: one that cannot be read is counted as such. */
    private static StreamEntry entry(StreamPage.Entry entry) {
        StreamId id = StreamId.parse(entry.id());
        return entry.fields().isEmpty()
                ? StreamEntry.of(id, "event_type", "trade.intent")
                : new StreamEntry(id, entry.fields());
    }

    private <T> T call(Function<AgentClient, Answer<T>> call) {
        return switch (place.agents().call(place.spec(), call)) {
            case Answer.Done<T>(T value) -> value;
            case Answer.Refused<T>(var problem) -> throw failed(Kind.PROTOCOL, problem.detail());
            case Answer.NotTrusted<T>(String reason) -> throw failed(Kind.TLS, reason);
            case Answer.Unreachable<T>(String reason) -> throw failed(Kind.UNREACHABLE, reason);
            case Answer.Ambiguous<T>(String reason) -> throw failed(Kind.UNREACHABLE, reason);
        };
    }

    private TelemetryException failed(Kind kind, String detail) {
        return new TelemetryException(kind, "%s cannot be read: %s".formatted(this, detail));
    }

    @Override
    public String toString() {
        return place.toString();
    }
}
