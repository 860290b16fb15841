package dev.qsc.operator.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.qsc.agent.api.StreamPage;
import dev.qsc.quality.EventParser;
import dev.qsc.quality.StreamId;
import dev.qsc.quality.Unusable;
import dev.qsc.telemetry.Page;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Of what an agent hands on,")
class RelayedStreamTest {
    private static final StreamPage.Entry OTHER =
            new StreamPage.Entry("4-1", List.of("event_type".getBytes(UTF_8), "heartbeat".getBytes(UTF_8)));
    private static final StreamPage.Entry TOO_LARGE = new StreamPage.Entry("5-0", List.of());

    private final EventParser parser = new EventParser();

    @Test
    @DisplayName("an entry that was too large for it counts as an event that cannot be read")
    void tooLarge() {
        Page page = RelayedStream.page(new StreamPage(List.of(OTHER, TOO_LARGE), false));

        assertThat(page.entries())
                .extracting(entry -> entry.id())
                .containsExactly(new StreamId(4, 1), new StreamId(5, 0));
        assertThat(page.entries()).map(parser::parse).containsExactly(Unusable.OTHER_TYPE, Unusable.MALFORMED);
    }

    @Test
    @DisplayName("a page is the last one when the agent says that there is no more, or shows none")
    void lastPage() {
        assertThat(RelayedStream.page(new StreamPage(List.of(OTHER), true)).isLast())
                .isFalse();
        assertThat(RelayedStream.page(new StreamPage(List.of(OTHER), false)).isLast())
                .isTrue();
        assertThat(RelayedStream.page(new StreamPage(List.of(), true)).isLast()).isTrue();
    }
}
