package dev.qsc.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.List;

/**
 * What the agent of a host last said; it stays while the host cannot be seen. The descriptions of the fields are those
 * of the schema.
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record EngineHostStatus(
        @JsonPropertyDescription("Generation of the spec that this status speaks of.")
        Long observedGeneration,

        @Size(max = 8)
        @JsonPropertyDescription(
                "Ready is True while the agent answers; otherwise its message says why not and what to do.")
        List<Condition> conditions,

        @JsonPropertyDescription("The name that the host gives itself.")
        String hostname,

        @JsonPropertyDescription("Version of the agent.") String agentVersion,
        @JsonPropertyDescription("Version of systemd.") String systemdVersion,

        @Size(max = 1000)
        @JsonPropertyDescription("The units that root on the host allows to be touched, each a *.service.")
        List<String> units,

        @JsonPropertyDescription("When the agent last answered, at most some minutes behind while it does.")
        Instant lastSeen,

        @JsonPropertyDescription("When the agent's certificate ends. Renew it before: without it, no canary.")
        Instant certificateNotAfter,

        @JsonPropertyDescription("""
                Hash of the last record in the host's ledger. Kept here, out of the host's reach, so that records cut \
                off its end are missed.""") String ledgerHead,

        @JsonPropertyDescription("Sequence of the last record in the host's ledger; 0 when there is none.")
        Long ledgerSeq) {}
