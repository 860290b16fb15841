package dev.qsc.host.agent;

import dev.qsc.agent.api.InvalidTlsException;
import dev.qsc.agent.api.Problem;
import dev.qsc.agent.api.StreamPage;
import dev.qsc.agent.api.StreamPosition;
import dev.qsc.agent.api.StreamSources;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * Lets the operator read streams that are on the host's own loopback: those that root listed, by the names that root
 * gave them, and nothing else. It only reads ({@code XREVRANGE}, {@code XREAD}, {@code TYPE}, {@code TIME}). Memory is
 * bounded: a page ends with the entry that passes 128 KiB, an entry has 256 KiB at most, eight pages are read at once.
 */
final class Relay {
    /** How long a call may wait for an entry: the client gives up after ten seconds. */
    static final Duration LONGEST_WAIT = Duration.ofSeconds(8);

    private static final int LARGEST_PAGE = 128 * 1024;
    private static final int LARGEST_ENTRY = 256 * 1024;
    private static final int AT_ONCE = 8;

    private final Map<String, RedisStream> streams;
    private final Semaphore places = new Semaphore(AT_ONCE);

    /** @param streams by name */
    Relay(Map<String, RedisStream> streams) {
        this.streams = Map.copyOf(streams);
    }

    @FunctionalInterface
    private interface Reading<T> {
        T from(RedisConversation redis, String key) throws IOException;
    }

    /** Which streams there are. */
    StreamSources sources() {
        return new StreamSources(streams.keySet().stream().sorted().toList());
    }

    /** Where a stream ends. */
    StreamPosition position(String source) {
        return read(source, (redis, key) -> {
            StreamPage newest = page(redis, key, 1, "XREVRANGE", key, "+", "-", "COUNT", "1");
            redis.say("TIME");
            redis.array();
            Instant time =
                    Instant.ofEpochSecond(Long.parseLong(redis.text())).plusNanos(1_000 * Long.parseLong(redis.text()));
            return new StreamPosition(
                    newest.entries().isEmpty()
                            ? "0-0"
                            : newest.entries().getFirst().id(),
                    time);
        });
    }

    /** The newest entries of a range, newest first. */
    StreamPage backward(String source, String newest, String oldest, int count) {
        return read(
                source,
                (redis, key) ->
                        page(redis, key, count, "XREVRANGE", key, newest, oldest, "COUNT", Integer.toString(count)));
    }

    /** The entries after one, oldest first; none when there was none for so long. */
    StreamPage after(String source, String last, int count, Duration wait) {
        return read(source, (redis, key) -> {
            List<String> words = new ArrayList<>(List.of("XREAD", "COUNT", Integer.toString(count)));
            if (wait.isPositive()) {
                words.addAll(List.of("BLOCK", Long.toString(wait.toMillis())));
            }
            words.addAll(List.of("STREAMS", key, last));
            redis.expectToWait(wait);
            redis.say(words.toArray(String[]::new));
            if (redis.array() < 1) {
                return none(redis, key);
            }
            redis.array();
            redis.text();
            return entries(redis, count);
        });
    }

    private static StreamPage page(RedisConversation redis, String key, int count, String... words) throws IOException {
        redis.say(words);
        StreamPage page = entries(redis, count);
        return page.entries().isEmpty() ? none(redis, key) : page;
    }

    private static StreamPage entries(RedisConversation redis, int count) throws IOException {
        int found = redis.array();
        List<StreamPage.Entry> entries = new ArrayList<>();
        long size = 0;
        while (entries.size() < found && size < LARGEST_PAGE) {
            redis.array();
            StreamPage.Entry entry = new StreamPage.Entry(redis.text(), redis.strings(LARGEST_ENTRY));
            entries.add(entry);
            size += 64
                    + entry.fields().stream().mapToLong(field -> field.length).sum();
        }
        return new StreamPage(entries, entries.size() < found || found == count);
    }

    /** An absent key reads like an empty stream, but is most often a wrong name. */
    private static StreamPage none(RedisConversation redis, String key) throws IOException {
        redis.say("TYPE", key);
        if (redis.simple().equals("none")) {
            throw new RedisConversation.ErrorReply(
                    "there is no stream '" + key + "': check the name in agent.yaml, and that the engine writes to it");
        }
        return new StreamPage(List.of(), false);
    }

    private <T> T read(String source, Reading<T> reading) {
        RedisStream stream = Optional.ofNullable(streams.get(source))
                .orElseThrow(() -> new RefusedException(Problem.Kind.UNKNOWN_SOURCE.detail(
                        "agent.yaml does not list this stream under telemetry: list it there, and restart qsc-agent")));
        if (!places.tryAcquire()) {
            throw new RefusedException(Problem.Kind.BUSY.detail(
                    AT_ONCE + " calls read streams through this host already: try again in a moment"));
        }
        try (RedisConversation redis = RedisConversation.with(stream)) {
            return reading.from(redis, stream.key());
        } catch (IOException | InvalidTlsException | NumberFormatException e) {
            throw new RefusedException(Problem.Kind.TELEMETRY_UNAVAILABLE.detail(stream + " " + explained(e)));
        } finally {
            places.release();
        }
    }

    private static String explained(Exception e) {
        return switch (e) {
            case RedisConversation.ErrorReply error -> "says: " + error.getMessage();
            case ConnectException refused -> "cannot be reached from the host: is Redis up, and does it listen there?";
            case UnknownHostException unknown -> "has a name that the host cannot resolve";
            case SocketTimeoutException late -> "did not answer the host in time";
            case EOFException closed -> "closed the connection: does it want TLS (rediss://)?";
            default -> "cannot be read by the host: " + e.getMessage();
        };
    }
}
