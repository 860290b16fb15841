package dev.qsc.telemetry;

import dev.qsc.quality.StreamEntry;
import dev.qsc.quality.StreamId;
import java.util.List;

/** Remembers what was asked of a source. */
final class CountingSource implements EventSource {
    private final EventSource source;
    long fetched;
    long largestPageBytes;
    int largestPage;

    CountingSource(EventSource source) {
        this.source = source;
    }

    @Override
    public Position position() {
        return source.position();
    }

    @Override
    public List<StreamEntry> backward(StreamId newest, StreamId oldest, int count) {
        List<StreamEntry> page = source.backward(newest, oldest, count);
        fetched += page.size();
        largestPage = Math.max(largestPage, page.size());
        largestPageBytes = Math.max(
                largestPageBytes, page.stream().mapToLong(StreamEntry::size).sum());
        return page;
    }
}
