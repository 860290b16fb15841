package dev.qsc.telemetry;

import dev.qsc.quality.StreamEntry;
import dev.qsc.quality.StreamId;
import dev.qsc.telemetry.TelemetryException.Kind;
import java.io.IOException;
import java.io.Writer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Writes what a stream holds to a {@linkplain JsonlRecording recording}, page by page. */
public final class Recorder {
    /** A server that restarts is back by then. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(500);

    private Recorder() {}

    /**
     * What was written.
     *
     * @param entries number of entries
     * @param last the newest of them; {@link StreamId#ZERO} when there is none
     * @param notice one sentence for people when the stream was trimmed faster than it was read, so that entries are
     *     missing; empty when all is well
     */
    public record Summary(long entries, StreamId last, Optional<String> notice) {
        private Summary plus(List<StreamEntry> page, Optional<String> warning) {
            StreamId newest = page.isEmpty() ? last : page.getLast().id();
            return new Summary(entries + page.size(), newest, notice.or(() -> warning));
        }
    }

    /**
     * Records a stretch of a stream, at most to where the stream ends when it begins. A connection that is lost on the
     * way is made again, for half a minute.
     *
     * @param from the oldest id wanted, included
     * @param to the newest id wanted, included
     * @param out takes one line for each entry; flushed after each page, not closed
     * @throws TelemetryException when the stream cannot be read
     * @throws IOException when the entries cannot be written
     */
    public static Summary record(EventSource source, StreamId from, StreamId to, Writer out) throws IOException {
        StreamId end = source.position().lastId();
        StreamId newest = to.isAfter(end) ? end : to;
        Summary written = new Summary(0, StreamId.ZERO, Optional.empty());
        StreamId last = from.previous();
        int count = Pages.FIRST;
        while (newest.isAfter(last)) {
            StreamId before = last;
            int asked = count;
            Page page = patiently(() -> source.after(before, asked, Duration.ZERO));
            boolean isComplete = written.entries() == 0 || patiently(() -> isThere(source, before));
            List<StreamEntry> wanted = page.entries().stream()
                    .filter(entry -> !entry.id().isAfter(newest))
                    .toList();
            for (StreamEntry entry : wanted) {
                JsonlRecording.write(entry, out);
            }
            out.flush();
            written = written.plus(wanted, isComplete ? Optional.empty() : Optional.of(trimmed(source, last)));
            if (wanted.size() < page.entries().size() || page.isLast()) {
                break;
            }
            last = wanted.getLast().id();
            count = Pages.sizeAfter(page.entries());
        }
        return written;
    }

    /** What was just read is without a gap if the entry before it is still in the stream. */
    private static boolean isThere(EventSource source, StreamId id) {
        return !source.backward(id, id, 1).entries().isEmpty();
    }

    private static String trimmed(EventSource source, StreamId last) {
        return "%s was trimmed beyond entry %s while it was recorded, and entries after it may be missing"
                .formatted(source, last);
    }

    private static <T> T patiently(Supplier<T> call) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return call.get();
            } catch (TelemetryException e) {
                boolean mayPass = e.kind() == Kind.UNREACHABLE || e.kind() == Kind.TIMED_OUT;
                if (!mayPass || System.nanoTime() - deadline > 0) {
                    throw e;
                }
                LockSupport.parkNanos(BETWEEN_ATTEMPTS.toNanos());
            }
        }
    }
}
