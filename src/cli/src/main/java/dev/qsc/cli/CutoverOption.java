package dev.qsc.cli;

import dev.qsc.quality.StreamId;
import dev.qsc.quality.Window;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Option;

/** From when on events count. */
final class CutoverOption {
    @Option(
            names = "--after",
            paramLabel = "TIME",
            converter = Timestamps.class,
            description =
                    "The cutover: events before it do not count. With an offset, such as 2026-01-10T05:43:15Z; also"
                            + " what systemctl show --timestamp=utc prints. Default: every event counts.")
    private Instant after;

    Optional<Instant> after() {
        return Optional.ofNullable(after);
    }

    /** The oldest id that counts. */
    StreamId oldest() {
        return after == null ? StreamId.ZERO : StreamId.firstAt(after);
    }

    /** The newest events before the cutover, if there is one. */
    Optional<Window> before(Source source, int maxEvents) {
        return after().map(cutover -> source.newest(StreamId.ZERO, oldest().previous(), maxEvents));
    }
}
