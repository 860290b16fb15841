package dev.qsc.agent.api;

import java.util.List;

/**
 * {@code GET /v1/telemetry}: the streams that are read through a host.
 *
 * @param sources their names, as root gave them
 */
public record StreamSources(List<String> sources) {
    public StreamSources {
        sources = sources == null ? List.of() : List.copyOf(sources);
    }
}
