package dev.qsc.telemetry;

import dev.qsc.quality.EventParser;
import dev.qsc.quality.Reading;
import dev.qsc.quality.StreamEntry;
import dev.qsc.quality.StreamId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * One reader of a stream for all its {@linkplain StreamView views}. What was read stays in a {@link Backlog}: as many
 * events as the most demanding view asks for, and no more.
 *
 * <p>At most one thread reads at a time. Whoever needs something meanwhile waits for it, and takes what it found, or
 * its failure; only if that does not suffice he reads in his turn. A read
 *
 * <ol>
 *   <li>goes on from the last entry to the end of the stream, or waits a moment for the next entry,
 *   <li>looks whether the entry it went on from is still there: if not, some may be missing,
 *   <li>reads back, if a view wants older events than are known.
 * </ol>
 *
 * <p>What was read is kept page by page, so that the next read goes on where one failed.
 */
final class SharedStream {
    /** So long may one who waits for news hold up the others. */
    private static final Duration BLOCK = Duration.ofMillis(100);

    /** An idle stream is looked at so often, whether it is still the same. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final EventSource source;
    private final Runnable closing;
    private final EventParser parser = new EventParser();
    private long lookedAt = System.nanoTime();
    private StreamId missing;

    // Guarded by this; the backlog is changed only by the thread that reads.
    private final Set<StreamView> views = new HashSet<>();
    private CompletableFuture<Void> reading;
    private Backlog backlog;
    private Instant time;
    private String notice;
    private long notices;

    /** @param closing called when the last view has gone and nobody reads any more */
    SharedStream(EventSource source, Runnable closing) {
        this.source = source;
        this.closing = closing;
    }

    EventSource source() {
        return source;
    }

    synchronized StreamView join(Consumer<StreamView> leaving) {
        StreamView view = new StreamView(this, leaving);
        view.noticesTold = notices;
        views.add(view);
        return view;
    }

    /** Returns whether this was the last view. */
    synchronized boolean leave(StreamView view) {
        view.isClosed = true;
        boolean isLast = views.remove(view) && views.isEmpty();
        if (isLast && reading == null) {
            closing.run();
        }
        return isLast;
    }

    Snapshot read(StreamView view, StreamId from, int wanted) {
        boolean isFresh = false;
        while (true) {
            synchronized (this) {
                requireOpen(view);
                view.wanted = wanted;
                if (isFresh && backlog.covers(from, wanted)) {
                    return new Snapshot(backlog.newest(from, wanted), backlog.last(), time, noticeFor(view));
                }
            }
            readOrShare(Duration.ZERO, from, wanted);
            isFresh = true;
        }
    }

    boolean awaitNews(StreamView view, StreamId seen, Duration wait) {
        long deadline = System.nanoTime() + wait.toNanos();
        while (true) {
            synchronized (this) {
                if (view.isClosed) {
                    return false;
                }
                if (backlog != null && !backlog.last().equals(seen)) {
                    return true;
                }
            }
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            if (!left.isPositive()) {
                return false;
            }
            readOrShare(left.compareTo(BLOCK) < 0 ? left : BLOCK, StreamId.MAX, 1);
        }
    }

    private static void requireOpen(StreamView view) {
        if (view.isClosed) {
            throw new IllegalStateException("This view of the stream is closed");
        }
    }

    private Optional<String> noticeFor(StreamView view) {
        boolean isNew = view.noticesTold < notices;
        view.noticesTold = notices;
        return isNew ? Optional.of(notice) : Optional.empty();
    }

    private void readOrShare(Duration wait, StreamId from, int wanted) {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> others;
        synchronized (this) {
            others = reading;
            if (others == null) {
                reading = mine;
            }
        }
        if (others != null) {
            EventReader.joined(others);
            return;
        }
        try {
            readOn(wait);
            readBack(from, wanted);
            end();
            mine.complete(null);
        } catch (RuntimeException | Error e) {
            end();
            mine.completeExceptionally(e);
            throw e;
        }
    }

    private synchronized void end() {
        reading = null;
        if (views.isEmpty()) {
            closing.run();
        }
    }

    private void readOn(Duration wait) {
        if (backlog == null) {
            beginAt(source.position().lastId());
        }
        long deadline = System.nanoTime() + EventReader.LIMIT.toNanos();
        Duration waiting = wait;
        int count = Pages.FIRST;
        while (true) {
            StreamId last = backlog.last();
            Page page = source.after(last, count, waiting);
            if (!page.entries().isEmpty() || System.nanoTime() - lookedAt > LOOK.toNanos()) {
                lookFor(last, page.entries().isEmpty());
            }
            append(page.entries());
            if (page.isLast()) {
                break;
            }
            requireTime(deadline);
            count = Pages.sizeAfter(page.entries());
            waiting = Duration.ZERO;
        }
        Instant now = source.time();
        synchronized (this) {
            time = now;
        }
    }

    /** The entry that was read last stays in the stream unless the stream is trimmed or begun anew. */
    private void lookFor(StreamId last, boolean isAtEnd) {
        lookedAt = System.nanoTime();
        if (last.equals(StreamId.ZERO)
                || !source.backward(last, last, 1).entries().isEmpty()) {
            return;
        }
        if (!last.equals(missing)) {
            missing = last;
            tell("%s no longer holds entry %s: it was trimmed or begun anew, and entries may be missing"
                    .formatted(source, last));
        }
        StreamId end = isAtEnd ? source.position().lastId() : StreamId.ZERO;
        if (!end.equals(StreamId.ZERO) && last.isAfter(end)) {
            beginAt(end);
        }
    }

    private synchronized void tell(String sentence) {
        notice = sentence;
        notices++;
    }

    private synchronized void beginAt(StreamId end) {
        backlog = new Backlog(end);
    }

    private void append(List<StreamEntry> page) {
        List<Reading> readings = parse(page);
        synchronized (this) {
            for (int i = 0; i < page.size(); i++) {
                backlog.append(page.get(i).id(), readings.get(i));
            }
            backlog.trim(bound(1));
        }
    }

    private void readBack(StreamId from, int wanted) {
        if (backlog.covers(from, wanted)) {
            return;
        }
        long deadline = System.nanoTime() + EventReader.LIMIT.toNanos();
        EventReader.readBack(
                source, backlog.oldest().previous(), from, backlog.room(wanted), EventReader.LIMIT, page -> {
                    List<Reading> readings = parse(page);
                    synchronized (this) {
                        for (int i = 0; i < page.size(); i++) {
                            backlog.prepend(page.get(i).id(), readings.get(i));
                        }
                        backlog.trim(bound(wanted));
                    }
                    requireTime(deadline);
                    return backlog.room(wanted);
                });
        synchronized (this) {
            if (!backlog.covers(from, wanted)) {
                backlog.reachesBackTo(from);
            }
        }
    }

    /** What was read so far is kept; but whoever waits has a rollback to think of. */
    private void requireTime(long deadline) {
        EventReader.requireTime(deadline, EventReader.LIMIT, source + " has more entries than can be read");
    }

    private List<Reading> parse(List<StreamEntry> page) {
        return page.stream().map(parser::parse).toList();
    }

    private int bound(int wanted) {
        return views.stream().mapToInt(view -> view.wanted).reduce(wanted, Math::max);
    }
}
