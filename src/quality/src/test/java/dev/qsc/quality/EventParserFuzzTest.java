package dev.qsc.quality;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

@Label("The parser of events, given broken payloads,")
class EventParserFuzzTest {
    private static final String PAYLOAD =
            "{\"x\":[1,NaN,{}],\"model_breakdown\":{\"é\":{\"action\":\"BUY\",\"confidence\":0.5}}}";
    private static final List<byte[]> PIECES = List.of(
                    "{",
                    "}",
                    "[",
                    "]",
                    "\"",
                    ":",
                    ",",
                    "\\u",
                    "\\ud83e",
                    "NaN",
                    "INF",
                    "-",
                    "1e999",
                    "null",
                    "\"\":",
                    "\uFEFF",
                    "\u0000",
                    "model_breakdown",
                    "confidence")
            .stream()
            .map(piece -> piece.getBytes(UTF_8))
            .toList();

    private final EventParser parser = new EventParser();

    @Property(tries = 5_000)
    @Label("answers every one, and the healthy one after it")
    void answers(@ForAll("broken") byte[] payload) {
        assertThat(parse(payload)).isNotNull();
        assertThat(parse(PAYLOAD.getBytes(UTF_8)))
                .isInstanceOfSatisfying(
                        Event.class, event -> assertThat(event.hasValid("é")).isTrue());
    }

    @Property(tries = 2_000)
    @Label("reads each the same, whatever it has read before")
    void forgets(@ForAll("manyBroken") List<byte[]> payloads) {
        for (byte[] payload : payloads) {
            assertThat(told(parse(parser, payload))).isEqualTo(told(parse(new EventParser(), payload)));
        }
    }

    private static String told(Reading reading) {
        return switch (reading) {
            case Unusable unusable -> unusable.name();
            case Event event ->
                IntStream.range(0, event.size())
                        .mapToObj(i -> event.model(i)
                                + event.faults(i)
                                + (event.isValid(i) ? event.action(i) + "" + event.confidence(i) : ""))
                        .toList()
                        .toString();
        };
    }

    private Reading parse(byte[] payload) {
        return parse(parser, payload);
    }

    private static Reading parse(EventParser parser, byte[] payload) {
        return parser.parse(new StreamEntry(
                new StreamId(1, 0),
                List.of(
                        "event_type".getBytes(UTF_8),
                        "trade.intent".getBytes(UTF_8),
                        "payload".getBytes(UTF_8),
                        payload)));
    }

    /** A healthy payload with a few stretches replaced by pieces of JSON or by any bytes. */
    @Provide
    Arbitrary<byte[]> broken() {
        Arbitrary<byte[]> piece = Arbitraries.oneOf(
                Arbitraries.of(PIECES), Arbitraries.bytes().array(byte[].class).ofMaxSize(4));
        return Arbitraries.integers()
                .between(0, PAYLOAD.length())
                .list()
                .ofSize(2)
                .flatMap(cuts -> piece.list()
                        .ofMaxSize(3)
                        .map(pieces -> spliced(
                                Math.min(cuts.get(0), cuts.get(1)), Math.max(cuts.get(0), cuts.get(1)), pieces)));
    }

    @Provide
    Arbitrary<List<byte[]>> manyBroken() {
        return broken().list().ofMinSize(2).ofMaxSize(12);
    }

    private static byte[] spliced(int from, int to, List<byte[]> pieces) {
        byte[] payload = PAYLOAD.getBytes(UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(payload, 0, from);
        pieces.forEach(out::writeBytes);
        out.write(payload, to, payload.length - to);
        return out.toByteArray();
    }
}
