package dev.qsc.telemetry;

import dev.qsc.quality.StreamEntry;
import java.util.List;

/**
 * A piece of a range of entries.
 *
 * @param entries in the order that was asked for; none only when the range has none
 * @param isLast whether the range ends here; a page may be cut short of it, however many were asked for
 */
public record Page(List<StreamEntry> entries, boolean isLast) {}
