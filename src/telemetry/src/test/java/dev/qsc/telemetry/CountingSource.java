package dev.qsc.telemetry;

import dev.qsc.quality.StreamEntry;
import dev.qsc.quality.StreamId;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** Remembers what was asked of a source. */
final class CountingSource implements EventSource {
    private final EventSource source;
    final AtomicLong fetched = new AtomicLong();
    final AtomicLong calls = new AtomicLong();
    final AtomicLong largestPageBytes = new AtomicLong();
    final AtomicLong largestPage = new AtomicLong();

    private final AtomicLong callsLeft = new AtomicLong(Long.MAX_VALUE);

    CountingSource(EventSource source) {
        this.source = source;
    }

    /** After so many calls one fails. */
    void failAfter(int calls) {
        callsLeft.set(calls);
    }

    @Override
    public Instant time() {
        return source.time();
    }

    @Override
    public Page backward(StreamId newest, StreamId oldest, int count) {
        return counted(source.backward(newest, oldest, count));
    }

    @Override
    public Page after(StreamId last, int count, Duration wait) {
        return counted(source.after(last, count, wait));
    }

    private Page counted(Page page) {
        calls.incrementAndGet();
        if (callsLeft.getAndDecrement() == 0) {
            throw new TelemetryException(TelemetryException.Kind.UNREACHABLE, "The test wants a failure");
        }
        fetched.addAndGet(page.entries().size());
        largestPage.accumulateAndGet(page.entries().size(), Math::max);
        long bytes = page.entries().stream().mapToLong(StreamEntry::size).sum();
        largestPageBytes.accumulateAndGet(bytes, Math::max);
        return page;
    }
}
