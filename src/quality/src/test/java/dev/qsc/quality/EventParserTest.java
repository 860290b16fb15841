package dev.qsc.quality;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The parser of events")
class EventParserTest {
    private static final StreamId ID = new StreamId(1, 0);
    private static final String HEALTHY = "{\"m\":{\"action\":\"BUY\",\"confidence\":0.5}}";

    private final EventParser parser = new EventParser();

    private Reading parsePayload(String payload) {
        return parser.parse(StreamEntry.of(ID, "event_type", "trade.intent", "payload", payload));
    }

    private Event parseBreakdown(String breakdown) {
        return (Event) parsePayload("{\"model_breakdown\":" + breakdown + "}");
    }

    private Event parseConfidence(String confidence) {
        return parseBreakdown("{\"m\":{\"action\":\"BUY\",\"confidence\":" + confidence + "}}");
    }

    private Event parseAction(String action) {
        return parseBreakdown("{\"m\":{\"action\":" + action + ",\"confidence\":0.5}}");
    }

    @Nested
    @DisplayName("takes a confidence")
    class Confidence {
        @ParameterizedTest(name = "{0} as {1}")
        @CsvSource({
            "0, 0",
            "-0, 0",
            "-0.0, 0",
            "1, 1",
            "0.7, 0.7",
            "7e-1, 0.7",
            "1E-3, 0.001",
            "'\"0.7\"', 0.7",
            "'\"1e-1\"', 0.1",
            "1e-400, 0",
            "-1e-400, 0",
            "'\"-1e-400\"', 0",
            "1.00000000000000001, 1",
            "'\"\\u0030.7\"', 0.7",
            "0.30000000000000000000000000000000000001, 0.3"
        })
        void of(String written, double value) {
            Event event = parseConfidence(written);

            assertThat(event.isValid(0)).isTrue();
            assertThat(event.confidence(0)).isEqualTo(value);
            assertThat(event.isNormalised(0)).isFalse();
        }

        @ParameterizedTest(name = "{0} as the logit of {1}")
        @CsvSource({
            "2, 0.8807970779778823",
            "1.0000000000000002, 0.7310585786300049",
            "'\"2\"', 0.8807970779778823",
            "1e308, 1",
            "1000, 1"
        })
        void ofALogit(String written, double value) {
            Event event = parseConfidence(written);

            assertThat(event.isNormalised(0)).isTrue();
            assertThat(event.confidence(0)).isEqualTo(value);
        }

        @ParameterizedTest(name = "{0} for {1}")
        @CsvSource({
            "null, CONFIDENCE_MISSING",
            "NaN, CONFIDENCE_NOT_FINITE",
            "Infinity, CONFIDENCE_NOT_FINITE",
            "-Infinity, CONFIDENCE_NOT_FINITE",
            "1e400, CONFIDENCE_NOT_FINITE",
            "-1e400, CONFIDENCE_NOT_FINITE",
            "'\"1e400\"', CONFIDENCE_NOT_FINITE",
            "-0.1, CONFIDENCE_NEGATIVE",
            "-1e-320, CONFIDENCE_NEGATIVE",
            "'\"-1\"', CONFIDENCE_NEGATIVE",
            "true, CONFIDENCE_NOT_NUMERIC",
            "false, CONFIDENCE_NOT_NUMERIC",
            "[], CONFIDENCE_NOT_NUMERIC",
            "[0.5], CONFIDENCE_NOT_NUMERIC",
            "{}, CONFIDENCE_NOT_NUMERIC",
            "'{\"confidence\":0.5}', CONFIDENCE_NOT_NUMERIC",
            "'\"\"', CONFIDENCE_NOT_NUMERIC",
            "'\"0.7\\u0000\"', CONFIDENCE_NOT_NUMERIC",
            "'\"\\ud800\"', CONFIDENCE_NOT_NUMERIC",
            "'\"−1\"', CONFIDENCE_NOT_NUMERIC",
            "1.7976931348623159e308, CONFIDENCE_NOT_FINITE",
            "'\" 0.7\"', CONFIDENCE_NOT_NUMERIC",
            "'\"0.7 \"', CONFIDENCE_NOT_NUMERIC",
            "'\"+0.7\"', CONFIDENCE_NOT_NUMERIC",
            "'\".7\"', CONFIDENCE_NOT_NUMERIC",
            "'\"7.\"', CONFIDENCE_NOT_NUMERIC",
            "'\"00.7\"', CONFIDENCE_NOT_NUMERIC",
            "'\"0_7\"', CONFIDENCE_NOT_NUMERIC",
            "'\"0.7d\"', CONFIDENCE_NOT_NUMERIC",
            "'\"0.7f\"', CONFIDENCE_NOT_NUMERIC",
            "'\"0x1p3\"', CONFIDENCE_NOT_NUMERIC",
            "'\"1e\"', CONFIDENCE_NOT_NUMERIC",
            "'\"-\"', CONFIDENCE_NOT_NUMERIC",
            "'\"NaN\"', CONFIDENCE_NOT_NUMERIC",
            "'\"Infinity\"', CONFIDENCE_NOT_NUMERIC",
            "'\"٠.٧\"', CONFIDENCE_NOT_NUMERIC",
            "'\"０.７\"', CONFIDENCE_NOT_NUMERIC"
        })
        void asAFault(String written, Fault fault) {
            assertThat(parseConfidence(written).faults(0)).containsExactly(fault);
        }

        @Test
        @DisplayName("of 1,000 characters, but not of 1,001, written as a number or a string")
        void ofAtMostAThousandCharacters() {
            String longest = "0." + "3".repeat(998);
            for (String quote : List.of("", "\"")) {
                assertThat(parseConfidence(quote + longest + quote).isValid(0)).isTrue();
                assertThat(parseConfidence(quote + longest + "3" + quote).faults(0))
                        .containsExactly(Fault.CONFIDENCE_NOT_FINITE);
            }
            assertThat(parseConfidence("1" + "0".repeat(1_000_000)).faults(0))
                    .containsExactly(Fault.CONFIDENCE_NOT_FINITE);
        }
    }

    @Nested
    @DisplayName("takes an action")
    class Actions {
        @ParameterizedTest(name = "{0}")
        @ValueSource(strings = {"BUY", "SELL", "HOLD", "\\u0042UY"})
        void of(String written) {
            assertThat(parseAction("\"" + written + "\"").isValid(0)).isTrue();
        }

        @ParameterizedTest(name = "{0} for {1}")
        @CsvSource({
            "null, ACTION_MISSING",
            "'\"\"', ACTION_MISSING",
            "'\"buy\"', ACTION_UNKNOWN",
            "'\"BUY \"', ACTION_UNKNOWN",
            "'\"BU\"', ACTION_UNKNOWN",
            "'\"CLOSE\"', ACTION_UNKNOWN",
            "'\"BUY\\u0000\"', ACTION_UNKNOWN",
            "'\"\\u0000\"', ACTION_UNKNOWN",
            "'\"\\ud800\"', ACTION_UNKNOWN",
            "'\"ＢＵＹ\"', ACTION_UNKNOWN",
            "'\"ΒUY\"', ACTION_UNKNOWN",
            "false, ACTION_UNKNOWN",
            "0, ACTION_UNKNOWN",
            "[], ACTION_UNKNOWN",
            "1, ACTION_UNKNOWN",
            "true, ACTION_UNKNOWN",
            "NaN, ACTION_UNKNOWN",
            "'[\"BUY\"]', ACTION_UNKNOWN",
            "'{\"action\":\"BUY\"}', ACTION_UNKNOWN"
        })
        void asAFault(String written, Fault fault) {
            assertThat(parseAction(written).faults(0)).containsExactly(fault);
        }
    }

    @Test
    @DisplayName("counts all faults of a prediction")
    void countsAllFaults() {
        assertThat(parseBreakdown("{\"m\":{}}").faults(0))
                .isEqualTo(EnumSet.of(Fault.ACTION_MISSING, Fault.CONFIDENCE_MISSING));
        assertThat(parseBreakdown("{\"m\":{\"action\":1,\"confidence\":-1}}").faults(0))
                .isEqualTo(EnumSet.of(Fault.ACTION_UNKNOWN, Fault.CONFIDENCE_NEGATIVE));
    }

    @ParameterizedTest(name = "a model that is {0} is not an object")
    @ValueSource(strings = {"\"BUY\"", "null", "1", "true", "[]", "[{\"action\":\"BUY\"}]", "NaN"})
    void aModelThatIsNotAnObject(String written) {
        assertThat(parseBreakdown("{\"m\":" + written + "}").faults(0)).containsExactly(Fault.ENTRY_NOT_OBJECT);
    }

    @Test
    @DisplayName("lets the last of two equal keys win, on every level")
    void lastKeyWins() {
        assertThat(parseConfidence("NaN,\"confidence\":0.25").confidence(0)).isEqualTo(0.25);
        assertThat(parseConfidence("0.25,\"confidence\":null").faults(0)).containsExactly(Fault.CONFIDENCE_MISSING);
        assertThat(parseAction("\"BUY\",\"action\":\"SELL\"").action(0)).isEqualTo(Action.SELL);

        Event twice = parseBreakdown(
                "{\"m\":{\"action\":\"BUY\",\"confidence\":NaN},\"n\":1,\"m\":{\"action\":\"HOLD\",\"confidence\":0.5}}");
        assertThat(twice.size()).isEqualTo(2);
        assertThat(twice.action(twice.indexOf("m"))).isEqualTo(Action.HOLD);

        assertThat(parsePayload("{\"model_breakdown\":" + HEALTHY + ",\"model_breakdown\":null}"))
                .isEqualTo(Unusable.NO_BREAKDOWN);
        Event last = (Event) parsePayload("{\"model_breakdown\":{\"x\":1},\"model_breakdown\":" + HEALTHY + "}");
        assertThat(last.size()).isEqualTo(1);
        assertThat(last.model(0)).isEqualTo("m");
    }

    @Test
    @DisplayName("lets the last of two equal stream fields win")
    void lastFieldWins() {
        String payload = "{\"model_breakdown\":" + HEALTHY + "}";
        assertThat(parser.parse(StreamEntry.of(
                        ID,
                        "event_type",
                        "other",
                        "payload",
                        "broken",
                        "event_type",
                        "trade.intent",
                        "payload",
                        payload)))
                .isInstanceOf(Event.class);
        assertThat(parser.parse(
                        StreamEntry.of(ID, "event_type", "trade.intent", "payload", payload, "event_type", "other")))
                .isEqualTo(Unusable.OTHER_TYPE);
    }

    @Test
    @DisplayName("finds other types before it looks at the payload")
    void findsOtherTypes() {
        assertThat(parser.parse(StreamEntry.of(ID))).isEqualTo(Unusable.OTHER_TYPE);
        assertThat(parser.parse(StreamEntry.of(ID, "event_type", "trade.intent ", "payload", "broken")))
                .isEqualTo(Unusable.OTHER_TYPE);
        assertThat(parser.parse(StreamEntry.of(ID, "event_type", "trade.intent")))
                .isEqualTo(Unusable.MALFORMED);
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("calls a payload malformed")
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "\"text\"",
                "1",
                "NaN",
                "{",
                "{\"a\":1}}",
                "{\"a\":1} {}",
                "{\"a\":1},",
                "{\"a\":1,}",
                "{a:1}",
                "{'a':1}",
                "{\"a\":01}",
                "{\"a\":+1}",
                "{\"a\":.5}",
                "{\"a\":5.}",
                "{\"a\":INF}",
                "{\"a\":-INF}",
                "{\"a\":+Infinity}",
                "{\"a\":nan}",
                "{\"a\":-NaN}",
                "{\"a\":NaNs}",
                "{\"a\":[1,INF]}",
                "{\"a\":\"\t\"}",
                "{\"a\":\"\\x\"}",
                "{\"a\":1}/**/",
                "{\"a\":1}#",
                "{\"a\":1}\u0000",
                "\u0000{\"a\":1}",
                "\u00a0{\"a\":1}",
                "{\"a\":\"\\u12\"}",
                "{1:1}",
                "{null:1}",
                "{\"a\"}",
                "{,}",
                "\uFEFF{\"a\":1}",
                "{\"model_breakdown\":{\"m\":{\"action\":\"BUY\",\"confidence\":0.5}}",
                "{\"model_breakdown\":{\"m\":{\"action\":\"BUY\",\"confidence\":0x1}}}",
                "{\"model_breakdown\":{\"m\":{\"action\":\"BUY\",\"confidence\":INF}}}"
            })
    void malformed(String payload) {
        assertThat(parsePayload(payload)).isEqualTo(Unusable.MALFORMED);
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("finds no breakdown")
    @ValueSource(
            strings = {
                "{}",
                " \t\r\n{} ",
                "{\"model_breakdown\":null}",
                "{\"model_breakdown\":{}}",
                "{\"model_breakdown\":[{\"m\":1}]}",
                "{\"model_breakdown\":\"m\"}",
                "{\"x\":{\"model_breakdown\":{\"m\":1}}}",
                "{\"x\":NaN}"
            })
    void noBreakdown(String payload) {
        assertThat(parsePayload(payload)).isEqualTo(Unusable.NO_BREAKDOWN);
    }

    @Test
    @DisplayName("reads escaped names and names in any script, and tells composed from decomposed")
    void namesInAnyScript() {
        Event event = (Event) parsePayload(
                "{\"model\\u005fbreakdown\":{\"模型\":1,\"🤖\":1,\"نموذج\":1,\"a|b\":1,\"line\\nbreak\":1,\"\":1,\"\\u00e9\":1,"
                        + "\"e\\u0301\":1}}");
        assertThat(event.size()).isEqualTo(8);
        assertThat(event.model(0)).isEqualTo("模型");
        assertThat(event.indexOf("line\nbreak")).isEqualTo(4);
        assertThat(event.indexOf("é")).isEqualTo(6);
        assertThat(event.indexOf("e\u0301")).isEqualTo(7);
    }

    @ParameterizedTest(name = "{0} as {1}")
    @DisplayName("reads half of a surrogate pair in a model's name as its escape, and drops no event for one elsewhere")
    @CsvSource({
        "\\ud800, \\ud800",
        "a\\uDC00b, a\\udc00b",
        "\\udc00\\ud800, \\udc00\\ud800",
        "\\ud83e\\u0041, \\ud83eA",
        "\\ud83e\\udd16, 🤖"
    })
    void halvesOfPairs(String written, String name) {
        Event event = (Event) parsePayload("{\"" + written + "\":\"" + written + "\",\"model_breakdown\":{\"" + written
                + "\":{\"" + written + "\":1,\"action\":\"BUY\",\"confidence\":NaN}}}");
        assertThat(event.model(0)).isEqualTo(name);
        assertThat(event.faults(0)).containsExactly(Fault.CONFIDENCE_NOT_FINITE);
    }

    @Test
    @DisplayName("reads names of any length")
    void longNames() {
        for (int length : List.of(999, 1_000, 1_001, 60_000, 5_000_000)) {
            String name = "é".repeat(length);
            Event event = (Event) parsePayload(
                    "{\"" + name + "\":1,\"model_breakdown\":{\"" + name + "\":1,\"m\":1,\"" + name + "\":2}}");
            assertThat(event.size()).isEqualTo(2);
            assertThat(event.model(0)).isEqualTo(name);
        }
    }

    @Test
    @DisplayName("refuses bytes that are not UTF-8, wherever they are")
    void refusesOtherEncodings() {
        byte[][] broken = {
            {(byte) 0xff},
            {(byte) 0xc0, (byte) 0x80},
            {(byte) 0xe0, (byte) 0x80, (byte) 0x80},
            {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
            {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
            {(byte) 0xc3},
            {(byte) 0x80}
        };
        for (byte[] bytes : broken) {
            for (int padding = 0; padding < 3_000; padding += 997) {
                assertThat(parseBytes(concat(
                                "{\"note\":\"" + "x".repeat(padding),
                                bytes,
                                "\",\"model_breakdown\":" + HEALTHY + "}")))
                        .isEqualTo(Unusable.MALFORMED);
            }
        }
        for (var charset : List.of("UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE", "UTF-16")) {
            byte[] payload = ("{\"model_breakdown\":" + HEALTHY + "}").getBytes(Charset.forName(charset));
            assertThat(parseBytes(payload)).as(charset).isEqualTo(Unusable.MALFORMED);
        }
    }

    private Reading parseBytes(byte[] payload) {
        return parser.parse(new StreamEntry(
                ID,
                List.of(
                        "event_type".getBytes(UTF_8),
                        "trade.intent".getBytes(UTF_8),
                        "payload".getBytes(UTF_8),
                        payload)));
    }

    private static byte[] concat(String before, byte[] bytes, String after) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(before.getBytes(UTF_8));
        out.writeBytes(bytes);
        out.writeBytes(after.getBytes(UTF_8));
        return out.toByteArray();
    }

    @Test
    @DisplayName("survives any depth of nesting")
    void survivesAnyDepth() {
        for (String open : List.of("[", "{\"a\":")) {
            String close = open.equals("[") ? "]" : "}";
            for (int depth : List.of(900, 5_000, 1_000_000)) {
                String nested = open.repeat(depth) + "1" + close.repeat(depth);
                Reading reading = parsePayload("{\"x\":" + nested + ",\"model_breakdown\":" + HEALTHY + "}");
                if (depth < 1_000) {
                    assertThat(reading).isInstanceOf(Event.class);
                } else {
                    assertThat(reading).isEqualTo(Unusable.MALFORMED);
                }
            }
        }
    }

    @Test
    @DisplayName("reads payloads of megabytes, and keeps only the predictions")
    void readsMegabytes() {
        String filler = "x".repeat(8 << 20);
        Event event = (Event) parsePayload(
                "{\"note\":\"" + filler + "\",\"n\":1" + "0".repeat(1 << 20) + ",\"model_breakdown\":" + HEALTHY + "}");
        assertThat(event.isValid(0)).isTrue();
    }

    @Test
    @DisplayName("takes a hundred thousand models in one event in a moment")
    void takesManyModels() {
        StringBuilder breakdown = new StringBuilder("{");
        for (int i = 0; i < 100_000; i++) {
            breakdown.append("\"m").append(i).append("\":1,");
        }
        Event event = parseBreakdown(breakdown + "\"m0\":{\"action\":\"BUY\",\"confidence\":0.5}}");
        assertThat(event.size()).isEqualTo(100_000);
        assertThat(event.isValid(0)).isTrue();
    }

    @Test
    @DisplayName("shares the names of events of the same models, whatever came between")
    void sharesNames() {
        Event first = parseBreakdown("{\"a\":1,\"b\":1}");
        Event second = parseBreakdown("{\"a\":1,\"b\":1}");
        Event shorter = parseBreakdown("{\"a\":1}");
        Event longer = parseBreakdown("{\"a\":1,\"b\":1,\"c\":1}");
        Event swapped = parseBreakdown("{\"b\":1,\"a\":1,\"c\":1}");

        assertThat(second.models()).isSameAs(first.models());
        assertThat(shorter.models()).containsExactly("a");
        assertThat(longer.models()).containsExactly("a", "b", "c");
        assertThat(swapped.models()).containsExactly("b", "a", "c");
        assertThat(Set.of(first.size(), shorter.size(), longer.size())).containsExactlyInAnyOrder(2, 1, 3);
    }
}
