package dev.qsc.host.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qsc.agent.api.LedgerPage;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The ledger is read")
class LedgerTest {
    @TempDir
    Path directory;

    @Test
    @DisplayName("after any record, as the lines are, without one that is still being written")
    void pages() {
        write("qsc_canary.jsonl", lines(1, 5) + "{\"seq\":6,\"pr");
        assertThat(page(0, 2)).isEqualTo(new LedgerPage(List.of(line(1), line(2)), true));
        assertThat(page(2, 3)).isEqualTo(new LedgerPage(List.of(line(3), line(4), line(5)), false));
        assertThat(page(5, 3)).isEqualTo(new LedgerPage(List.of(), false));
        assertThat(page(99, 3)).isEqualTo(new LedgerPage(List.of(), false));
    }

    @Test
    @DisplayName("across what was set aside, each record once")
    void aside() {
        write("qsc_canary.000000000001.jsonl", lines(1, 3));
        write("qsc_canary.000000000004.jsonl", lines(4, 6));
        write("qsc_canary.jsonl", lines(4, 6));
        assertThat(page(0, 100).records())
                .isEqualTo(
                        LongStream.rangeClosed(1, 6).mapToObj(LedgerTest::line).toList());
        write("qsc_canary.jsonl", lines(7, 8));
        assertThat(page(0, 100).records())
                .isEqualTo(
                        LongStream.rangeClosed(1, 8).mapToObj(LedgerTest::line).toList());
        assertThat(page(3, 2)).isEqualTo(new LedgerPage(List.of(line(4), line(5)), true));
        assertThat(page(6, 2)).isEqualTo(new LedgerPage(List.of(line(7), line(8)), false));
    }

    @Test
    @DisplayName("in pages that a client takes, whatever the records' size")
    void bounded() {
        String large = line(1).replace("{\"action\"", "{\"note\":\"" + "x".repeat(200_000) + "\",\"action\"");
        write("qsc_canary.jsonl", large + "\n" + large.replace("\"seq\":1", "\"seq\":2") + "\n");
        assertThat(page(0, 100).records()).hasSize(1);
        assertThat(page(0, 100).more()).isTrue();
        assertThat(page(1, 100).records()).hasSize(1);
    }

    @Test
    @DisplayName("as empty when there is none")
    void none() {
        assertThat(page(0, 10)).isEqualTo(new LedgerPage(List.of(), false));
    }

    private LedgerPage page(long after, int count) {
        return new Ledger(directory.resolve("qsc_canary.jsonl")).page(after, count);
    }

    private void write(String file, String text) {
        PretendRoot.put(directory.resolve(file), text);
    }

    private static String lines(long first, long last) {
        return LongStream.rangeClosed(first, last)
                .mapToObj(LedgerTest::line)
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static String line(long seq) {
        return "{\"action\":\"a\",\"seq\":" + seq + ",\"prev\":\"" + "0".repeat(64) + "\",\"hash\":\"" + "f".repeat(64)
                + "\"}";
    }
}
