package dev.qsc.telemetry;

import dev.qsc.quality.StreamEntry;
import java.util.List;

/** How a stream is read in pages: they grow while entries are small, and shrink at once when they are large. */
final class Pages {
    static final int FIRST = 16;

    /** A page holds no more than this and one entry, whatever was asked for. */
    static final long BYTES = 4L << 20;

    /** Larger pages are not read faster, and make Redis hold a large answer where entries are large after all. */
    private static final int LARGEST = 256;

    private Pages() {}

    /** A page of an answer that holds fewer entries than asked for where the range ends, or with its few megabytes. */
    static Page of(List<StreamEntry> entries, int asked) {
        return new Page(entries, entries.size() < asked && bytes(entries) < BYTES / 2);
    }

    /** The size of the page after this one, which is not empty: a few megabytes, if entries go on as they were. */
    static int sizeAfter(List<StreamEntry> page) {
        long fitting = BYTES * page.size() / Math.max(1, bytes(page));
        return (int) Math.clamp(fitting, 1, Math.min(LARGEST, 4L * page.size()));
    }

    private static long bytes(List<StreamEntry> page) {
        return page.stream().mapToLong(StreamEntry::size).sum();
    }
}
