package dev.qsc.quality;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Turns stream entries into readings.
 *
 * <p>An entry is usable when its {@code event_type} is {@code trade.intent} and its {@code payload} is a JSON object in
 * valid UTF-8 with a non-empty object {@code model_breakdown}; of two fields or keys of the same name the last one
 * counts. Bare {@code NaN}, {@code Infinity} and {@code -Infinity}, which are not JSON but what Python writes, are read
 * and flagged as faults: dropping such an event would hide the fault. Half of a surrogate pair in a model's name reads
 * as its escape, so that every name can be written. Objects and lists may nest 1,000 deep; a payload beyond that is
 * malformed.
 *
 * <p>Not thread-safe; one parser per stream also lets events share their lists of model names.
 */
public final class EventParser {
    private static final byte[] EVENT_TYPE = "event_type".getBytes(UTF_8);
    private static final byte[] TRADE_INTENT = "trade.intent".getBytes(UTF_8);
    private static final byte[] PAYLOAD = "payload".getBytes(UTF_8);
    private static final Set<String> NON_FINITE = Set.of("NaN", "Infinity", "-Infinity");

    /** Keeps the names it has read, to find them again: only short ones, so that memory stays small. */
    private static final JsonFactory FAST = factory(1_000).build();

    /** Takes names of any length and with halves of surrogate pairs, and keeps none. */
    private static final JsonFactory TOLERANT = factory(Integer.MAX_VALUE)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private final PayloadInput input = new PayloadInput(FAST);
    private final Utf8 utf8 = new Utf8();
    private final Breakdown breakdown = new Breakdown();
    private final Prediction prediction = new Prediction();

    private static JsonFactoryBuilder factory(int longestName) {
        return new JsonFactoryBuilder()
                .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(1_000)
                        .maxNameLength(longestName)
                        .maxNumberLength(Integer.MAX_VALUE)
                        .maxStringLength(Integer.MAX_VALUE)
                        .build());
    }

    /** What this entry is. */
    public Reading parse(StreamEntry entry) {
        byte[] type = null;
        byte[] payload = null;
        List<byte[]> fields = entry.fields();
        for (int i = 0; i < fields.size(); i += 2) {
            if (Arrays.equals(fields.get(i), EVENT_TYPE)) {
                type = fields.get(i + 1);
            } else if (Arrays.equals(fields.get(i), PAYLOAD)) {
                payload = fields.get(i + 1);
            }
        }
        if (!Arrays.equals(type, TRADE_INTENT)) {
            return Unusable.OTHER_TYPE;
        }
        return payload == null ? Unusable.MALFORMED : parse(entry.id(), payload);
    }

    private Reading parse(StreamId id, byte[] payload) {
        if (!startsLikeAnObject(payload) || !utf8.isValid(payload)) {
            return Unusable.MALFORMED;
        }
        if (!readsFast(payload) && !readsTolerantly(payload)) {
            return Unusable.MALFORMED;
        }
        return breakdown.isEmpty() ? Unusable.NO_BREAKDOWN : breakdown.toEvent(id);
    }

    private boolean readsFast(byte[] payload) {
        try {
            readPayload(input.open(payload));
            return input.isSpent();
        } catch (IOException e) {
            input.discard();
            return false;
        }
    }

    private boolean readsTolerantly(byte[] payload) {
        try (JsonParser in = TOLERANT.createParser(new String(payload, UTF_8))) {
            readPayload(in);
            return in.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    /** Also keeps Jackson from taking the bytes for UTF-16 or UTF-32, which it would guess from zeros or a mark. */
    private static boolean startsLikeAnObject(byte[] payload) {
        int i = 0;
        while (i < payload.length && isSpace(payload[i])) {
            i++;
        }
        return i < payload.length && payload[i] == '{' && payload[0] != 0 && (payload.length < 2 || payload[1] != 0);
    }

    static boolean isSpace(byte b) {
        return b == ' ' || b == '\t' || b == '\n' || b == '\r';
    }

    private void readPayload(JsonParser in) throws IOException {
        breakdown.clear();
        in.nextToken();
        while (next(in) == JsonToken.FIELD_NAME) {
            boolean isBreakdown = in.currentName().equals("model_breakdown");
            JsonToken value = next(in);
            if (isBreakdown) {
                breakdown.clear();
            }
            if (isBreakdown && value == JsonToken.START_OBJECT) {
                readBreakdown(in);
            } else {
                skip(in, value);
            }
        }
    }

    private void readBreakdown(JsonParser in) throws IOException {
        while (next(in) == JsonToken.FIELD_NAME) {
            int model = breakdown.placeOf(in.currentName());
            JsonToken value = next(in);
            if (value == JsonToken.START_OBJECT) {
                readPrediction(in, model);
            } else {
                skip(in, value);
                breakdown.set(model, Event.faultyMark(Fault.ENTRY_NOT_OBJECT.bit()), 0);
            }
        }
    }

    private void readPrediction(JsonParser in, int model) throws IOException {
        prediction.clear();
        while (next(in) == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            JsonToken value = next(in);
            switch (name) {
                case "action" -> prediction.readAction(in, value);
                case "confidence" -> prediction.readConfidence(in, value);
                default -> {}
            }
            skip(in, value);
        }
        breakdown.set(model, prediction.mark(), prediction.confidence());
    }

    private static void skip(JsonParser in, JsonToken value) throws IOException {
        int depth = value.isStructStart() ? 1 : 0;
        while (depth > 0) {
            JsonToken token = next(in);
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            }
        }
    }

    /** The next token inside the payload, which has not ended yet. */
    private static JsonToken next(JsonParser in) throws IOException {
        JsonToken token = in.nextToken();
        if (token == null) {
            throw new JsonParseException(in, "The payload ends too early");
        }
        // INF and signed forms are known to Jackson alone.
        if (token == JsonToken.VALUE_NUMBER_FLOAT && in.isNaN() && !NON_FINITE.contains(in.getText())) {
            throw new JsonParseException(in, "Not a number that JSON or Python writes");
        }
        return token;
    }
}
