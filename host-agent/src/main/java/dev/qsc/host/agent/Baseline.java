package dev.qsc.host.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qsc.agent.api.AgentJson;
import dev.qsc.agent.api.Digests;
import dev.qsc.agent.api.UnitState;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** The weights to come home to. */
final class Baseline {
    private static final JsonMapper JSON = AgentJson.strict();
    private static final TypeReference<Map<String, BigDecimal>> WEIGHTS = new TypeReference<>() {};

    private Baseline() {}

    /** The baseline in a file; null when there is none. */
    static UnitState.Baseline read(Path file) {
        return HostFiles.read(file).map(text -> of(file, text)).orElse(null);
    }

    private static UnitState.Baseline of(Path file, String text) {
        try {
            return new UnitState.Baseline(
                    Digests.sha256(text.getBytes(StandardCharsets.UTF_8)), JSON.readValue(text, WEIGHTS));
        } catch (JsonProcessingException e) {
            throw new HostException(file + " does not map models to numbers", e);
        }
    }
}
