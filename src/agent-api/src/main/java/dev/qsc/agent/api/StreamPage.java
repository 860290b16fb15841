package dev.qsc.agent.api;

import java.util.List;

/**
 * {@code GET /v1/telemetry/{source}/entries}: entries of a stream that is read through a host.
 *
 * @param entries in the order that was asked for
 * @param more whether the range that was asked for has entries beyond these
 */
public record StreamPage(List<Entry> entries, boolean more) {
    public StreamPage {
        entries = entries == null ? List.of() : List.copyOf(entries);
    }

    /**
     * One entry.
     *
     * @param id its id, {@code <ms>-<seq>}
     * @param fields names and values in turn, as the bytes that were added, in JSON as Base64; empty for an entry of
     *     more than 256 KiB, which is passed over but not hidden
     */
    public record Entry(String id, List<byte[]> fields) {
        public Entry {
            fields = fields == null ? List.of() : List.copyOf(fields);
        }
    }
}
