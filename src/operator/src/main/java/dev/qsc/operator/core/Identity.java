package dev.qsc.operator.core;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qsc.agent.api.Digests;
import dev.qsc.api.CanaryRolloutSpec;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What makes two specs the same attempt. Not the generation: pausing a rollout, or changing how it is promoted, must
 * not take a canary out.
 */
final class Identity {
    private static final JsonMapper CANONICAL = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .build();

    private static final int SHORT = 12;

    private Identity() {}

    /** Hash of model, engine, steps, cutover, telemetry, gate, monitor, baseline and the resolved thresholds. */
    static String specHash(CanaryRolloutSpec spec, CanaryRolloutSpec.Thresholds resolved) {
        Map<String, Object> identity = new LinkedHashMap<>();
        identity.put("model", spec.model());
        identity.put("engine", spec.engine());
        identity.put("steps", spec.steps());
        identity.put("cutover", String.valueOf(spec.cutover()));
        identity.put("telemetry", spec.telemetry());
        identity.put("gate", spec.gate());
        identity.put("monitor", spec.monitor());
        identity.put("baseline", spec.baseline());
        identity.put("thresholds", resolved);
        try {
            return digest(CANONICAL.writeValueAsString(identity));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("every spec can be written as JSON", e);
        }
    }

    /** Short hash of (uid, specHash, attempt). */
    static String attemptId(String uid, String specHash, long attempt) {
        return digest(String.join("\n", List.of(uid, specHash, Long.toString(attempt))));
    }

    private static String digest(String text) {
        return Digests.sha256(text.getBytes(StandardCharsets.UTF_8)).substring(0, SHORT);
    }
}
