package dev.qsc.operator.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qsc.quality.Event;
import dev.qsc.quality.EventParser;
import dev.qsc.quality.StreamEntry;
import dev.qsc.quality.StreamId;
import dev.qsc.telemetry.EventSource;
import java.util.List;
import java.util.Optional;

/** The digest of the weights that an engine says it loaded: {@code weights_digest} in an event's payload. */
final class AcknowledgedDigest {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();
    /** Other types of entry may lie between usable events, but not many. */
    private static final int LOOKED_AT = 200;

    private AcknowledgedDigest() {}

    /** What the newest usable event says; empty when it says nothing, or there is none among the newest entries. */
    static Optional<String> newest(EventSource source) {
        EventParser parser = new EventParser();
        return source.backward(StreamId.MAX, StreamId.ZERO, LOOKED_AT).entries().stream()
                .filter(entry -> parser.parse(entry) instanceof Event)
                .findFirst()
                .flatMap(AcknowledgedDigest::of);
    }

    private static Optional<String> of(StreamEntry entry) {
        List<byte[]> fields = entry.fields();
        Optional<String> digest = Optional.empty();
        for (int name = 0; name < fields.size(); name += 2) {
            if (new String(fields.get(name), UTF_8).equals("payload")) {
                digest = inPayload(new String(fields.get(name + 1), UTF_8));
            }
        }
        return digest;
    }

    private static Optional<String> inPayload(String payload) {
        try {
            return Optional.ofNullable(
                    JSON.readTree(payload).path("weights_digest").textValue());
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
