package dev.qsc.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.qsc.agent.api.Digests;
import dev.qsc.cli.LedgerFault.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("qsc audit verify")
class AuditVerifyTest {
    @TempDir
    private static Path ledger;

    private static List<Path> files;
    private static String whole;
    private static List<String> lines;
    private static Anchor head;

    @TempDir
    private Path folder;

    @BeforeAll
    static void write() throws IOException {
        RootsLedger.write(ledger);
        files = LedgerFiles.inOrder(List.of(ledger));
        StringBuilder all = new StringBuilder();
        for (Path file : files) {
            all.append(Files.readString(file, ISO_8859_1));
        }
        whole = all.toString();
        lines = whole.lines().toList();
        LedgerChain chain = follow(whole, Optional.empty());
        assertThat(chain.fault()).isEmpty();
        head = chain.head();
    }

    private static LedgerChain follow(String text, Optional<Anchor> anchor) {
        LedgerChain chain = new LedgerChain(anchor);
        chain.follow("ledger", text.getBytes(ISO_8859_1));
        return chain;
    }

    private static Optional<LedgerFault> fault(String text) {
        return follow(text, Optional.empty()).fault();
    }

    private static Optional<LedgerFault> fault(List<String> records) {
        return fault(String.join("\n", records) + "\n");
    }

    @Test
    @DisplayName(
            "finds the ledger that root's helper wrote intact: with a torn write that was mended, and set aside in files")
    void intact() {
        assertThat(files).hasSizeGreaterThan(2);
        assertThat(head.seq()).isEqualTo(lines.size()).isGreaterThan(7);

        Run run = verify(ledger.toString());

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.firstLine()).isEqualTo("INTACT  %d records in an unbroken chain".formatted(head.seq()));
        assertThat(run.out())
                .contains("Last record in order: " + head)
                .contains("Torn writes that the host told of and cut off: 1")
                .contains("Without an anchor nobody can tell whether records were cut off the end");
    }

    @Test
    @DisplayName("takes the files in any order, under any names, and one under two names once")
    void order() throws IOException {
        List<String> arguments = new ArrayList<>();
        for (Path file : files) {
            Path copy = folder.resolve("copy-" + arguments.size());
            Files.copy(file, copy);
            arguments.addFirst(copy.toString());
        }
        arguments.add(files.getFirst().toString());

        assertThat(verify(arguments.toArray(String[]::new)).exitCode()).isZero();
    }

    @Test
    @DisplayName("finds every change, loss and addition of any one byte")
    void bytes() {
        for (int i = 0; i < whole.length(); i++) {
            String before = whole.substring(0, i);
            String after = whole.substring(i + 1);
            for (char other :
                    new char[] {(char) (whole.charAt(i) ^ 1), (char) (whole.charAt(i) ^ 0x20), ' ', '\n', 0}) {
                if (other != whole.charAt(i)) {
                    assertThat(fault(before + other + after)).as("byte %d", i).isPresent();
                }
            }
            assertThat(fault(before + after)).as("without byte %d", i).isPresent();
            assertThat(fault(before + " " + whole.charAt(i) + after))
                    .as("before byte %d", i)
                    .isPresent();
        }
    }

    @Test
    @DisplayName("finds every record that is missing, repeated, or in another place, and names it")
    void records() {
        for (int i = 0; i < lines.size(); i++) {
            for (int j = 0; j <= lines.size(); j++) {
                List<String> repeated = new ArrayList<>(lines);
                repeated.add(j, lines.get(i));
                assertThat(fault(repeated)).isPresent();
            }
            for (int j = i + 1; j < lines.size(); j++) {
                List<String> swapped = new ArrayList<>(lines);
                Collections.swap(swapped, i, j);
                assertThat(fault(swapped))
                        .hasValueSatisfying(found -> assertThat(found.kind()).isEqualTo(Kind.OUT_OF_PLACE));
            }
            if (i < lines.size() - 1) {
                List<String> missing = new ArrayList<>(lines);
                missing.remove(i);
                int record = i + 1;
                assertThat(fault(missing)).hasValueSatisfying(found -> {
                    assertThat(found.record()).isEqualTo(record);
                    assertThat(found.message()).startsWith("record " + record + " is missing, repeated or moved");
                });
            }
        }
    }

    @Test
    @DisplayName("finds every cut by its anchor, and a torn end without one")
    void cuts() {
        for (int end = 0; end < whole.length(); end++) {
            String cut = whole.substring(0, end);
            assertThat(follow(cut, Optional.of(head)).fault()).isPresent();
            if (end > 0 && !cut.endsWith("\n")) {
                assertThat(fault(cut))
                        .hasValueSatisfying(found -> assertThat(found.kind()).isEqualTo(Kind.TORN));
            }
        }
    }

    @Test
    @DisplayName("finds a chain that was written anew from some record on, by an anchor after it")
    void rewritten() throws IOException {
        Path forged = Files.createDirectory(folder.resolve("forged"));
        Path newest = forged.resolve("qsc_canary.jsonl");
        String last = lines.getLast();
        String content = last.substring(0, last.lastIndexOf(",\"hash\"")).replace("canary_promoted", "canary_improved");
        String hash = Digests.sha256((content + "}").getBytes(ISO_8859_1));
        Files.writeString(
                newest,
                String.join("\n", lines.subList(0, lines.size() - 1)) + "\n" + content + ",\"hash\":\"" + hash
                        + "\"}\n",
                ISO_8859_1);

        assertThat(verify(newest.toString()).exitCode()).isZero();
        Run run = verify(newest.toString(), "--anchor", head.toString());
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.firstLine())
                .isEqualTo("NOT INTACT  record %d was replaced: the anchor knows another one of that number"
                        .formatted(head.seq()));
    }

    @Test
    @DisplayName("says how far an anchor reaches, and holds in the middle of a ledger too")
    void anchored() {
        String earlier =
                LedgerChain.sequence(lines.get(2).getBytes(ISO_8859_1)).orElseThrow() + ":" + hash(lines.get(2));

        assertThat(verify(ledger.toString(), "--anchor", earlier).out())
                .contains("it is there, and %d records after it".formatted(head.seq() - 3));
    }

    private static String hash(String line) {
        return line.substring(line.length() - 66, line.length() - 2);
    }

    @Test
    @DisplayName("answers programs as its schema says, whatever the answer")
    void json() throws IOException {
        Path changed = folder.resolve("changed.jsonl");
        Files.writeString(changed, whole.replaceFirst("Flat", "Good"), ISO_8859_1);

        for (Run run : new Run[] {
            verify(ledger.toString(), "-o", "json"),
            verify(ledger.toString(), "-o", "json", "--anchor", head.toString()),
            verify(changed.toString(), "-o", "json")
        }) {
            new Schema("audit").assertHolds(run.json());
        }
        Run run = verify(changed.toString(), "-o", "json");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.json().get("ledger").textValue()).isEqualTo("NOT_INTACT");
        assertThat(run.json().at("/fault/kind").textValue()).isEqualTo("CHANGED");
        assertThat(run.json().at("/fault/record").intValue()).isEqualTo(2);
        assertThat(run.json().at("/fault/where").textValue()).isEqualTo(changed + " line 2");
        assertThat(run.json().at("/head/seq").intValue()).isEqualTo(1);
    }

    @Test
    @DisplayName("says what cannot be read, and what is missing on the command line")
    void wrong() {
        assertSays(1, "There is no file /nowhere.", "/nowhere");
        assertSays(1, "There is no ledger in " + folder, folder.toString());
        assertSays(1, "There is no readable kubeconfig /nowhere.", "--host", "engine-1", "--kubeconfig", "/nowhere");
        assertSays(1, "There is no context elsewhere in the kubeconfig.", "--host", "x", "--context", "elsewhere");
        assertSays(64, "Give the FILEs of a ledger, or --host NAME");
        assertSays(64, "Give the FILEs of a ledger, or --host NAME", "x", "--host", "y");
        assertSays(64, "Give one anchor", "x", "--anchor", head.toString(), "--engine-host", "y");
        assertSays(64, "'7' is no anchor", "x", "--anchor", "7");
    }

    private static void assertSays(int exitCode, String sentence, String... arguments) {
        Run run = verify(arguments);
        assertThat(run.exitCode()).isEqualTo(exitCode);
        assertThat(run.err()).startsWith("qsc: ").contains(sentence).hasLineCount(1);
        assertThat(run.out()).isEmpty();
    }

    private static Run verify(String... arguments) {
        List<String> line = new ArrayList<>(List.of("audit", "verify"));
        line.addAll(Arrays.asList(arguments));
        return Run.of(line.toArray(String[]::new));
    }
}
