package dev.qsc.e2e.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qsc.agent.api.AgentJson;
import dev.qsc.agent.api.Digests;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** Checks a ledger's chain as a reader would who knows nothing but its rule. */
public final class Ledger {
    private static final Pattern RECORD = Pattern.compile(
            "(?<content>\\{.*,\"seq\":(?<seq>[0-9]+),\"prev\":\"(?<prev>[0-9a-f]{64})\"),\"hash\":\"(?<hash>[0-9a-f]{64})\"}");

    private Ledger() {}

    public static void assertChained(List<String> lines) throws Exception {
        var prev = "0".repeat(64);
        long seq = 1;
        for (var line : lines) {
            AgentJson.strict().readTree(line);
            var record = RECORD.matcher(line);
            assertThat(record.matches()).as(line).isTrue();
            assertThat(record.group("prev")).as(line).isEqualTo(prev);
            assertThat(Long.parseLong(record.group("seq"))).as(line).isEqualTo(seq++);
            prev = Digests.sha256((record.group("content") + "}").getBytes(StandardCharsets.UTF_8));
            assertThat(record.group("hash")).as(line).isEqualTo(prev);
        }
    }
}
