package dev.qsc.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.qsc.agent.api.Digests;
import dev.qsc.cli.LedgerFault.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Follows the chain of a host's ledger from its first record to the first fault. A record is a line; its hash is the
 * SHA-256 of the line without the member {@code hash}; it holds the number after, and the hash of, the one before it.
 */
final class LedgerChain {
    /** Bytes as characters, one for one: every byte counts, be it text or not. */
    private static final Pattern RECORD = Pattern.compile(
            "(?<content>\\{.*\"action\":\"(?<action>[a-z_]+)\".*,\"seq\":(?<seq>[0-9]{1,18}),\"prev\":\"(?<prev>[0-9a-f]{64})\")"
                    + ",\"hash\":\"(?<hash>[0-9a-f]{64})\"}",
            Pattern.DOTALL);

    private final Optional<Anchor> anchor;
    private final List<Long> mended = new ArrayList<>();
    private Anchor head = Anchor.BEGINNING;
    private Optional<LedgerFault> fault = Optional.empty();

    /** @param anchor what must be in the ledger */
    LedgerChain(Optional<Anchor> anchor) {
        this.anchor = anchor;
    }

    /** The number that a line speaks of; empty when it is no record. */
    static Optional<Long> sequence(byte[] line) {
        return Optional.of(RECORD.matcher(new String(line, ISO_8859_1)))
                .filter(Matcher::matches)
                .map(record -> Long.valueOf(record.group("seq")));
    }

    /**
     * Follows the records that come next.
     *
     * @param source a name for the bytes
     * @param bytes lines, each ended by a line break
     */
    void follow(String source, byte[] bytes) {
        int begin = 0;
        for (int line = 1; begin < bytes.length && fault.isEmpty(); line++) {
            int end = begin;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            String where = source + " line " + line;
            fault = end == bytes.length
                    ? Optional.of(torn(where, end - begin))
                    : step(where, new String(bytes, begin, end - begin, ISO_8859_1));
            begin = end + 1;
        }
    }

    private LedgerFault torn(String where, int size) {
        return new LedgerFault(
                Kind.TORN,
                head.seq() + 1,
                where,
                "record %d is torn: %s has %s and no end; if the host crashed while it wrote, its next record mends this"
                        .formatted(head.seq() + 1, where, Numbers.count(size, "byte")));
    }

    private Optional<LedgerFault> step(String where, String line) {
        long next = head.seq() + 1;
        Matcher record = RECORD.matcher(line);
        if (!record.matches()) {
            return fault(Kind.NOT_A_RECORD, where, "record %d is missing: %s, where it belongs, is no record", next);
        }
        String hash = Digests.sha256((record.group("content") + "}").getBytes(ISO_8859_1));
        if (!hash.equals(record.group("hash"))) {
            return fault(Kind.CHANGED, where, "record %d was changed: the hash in %s is not that of its content", next);
        }
        long seq = Long.parseLong(record.group("seq"));
        if (seq != next) {
            return fault(
                    Kind.OUT_OF_PLACE,
                    where,
                    "record %d is missing, repeated or moved: record " + seq + " stands where it belongs, in %s",
                    next);
        }
        if (!record.group("prev").equals(head.hash())) {
            return fault(
                    Kind.NOT_CHAINED,
                    where,
                    "record %d in %s does not follow record " + head.seq() + " as it is",
                    next);
        }
        if (record.group("action").equals("ledger_mended")) {
            mended.add(seq);
        }
        head = new Anchor(seq, hash);
        return replaced(where);
    }

    private static Optional<LedgerFault> fault(Kind kind, String where, String sentence, long record) {
        return Optional.of(new LedgerFault(kind, record, where, sentence.formatted(record, where)));
    }

    private Optional<LedgerFault> replaced(String where) {
        return anchor.filter(known -> known.seq() == head.seq() && !known.hash().equals(head.hash()))
                .map(known -> new LedgerFault(
                        Kind.REPLACED,
                        head.seq(),
                        where,
                        "record %d was replaced: the anchor knows another one of that number".formatted(head.seq())));
    }

    /** What is wrong, now that all was followed; empty for a ledger in order. */
    Optional<LedgerFault> fault() {
        return fault.or(() -> anchor.filter(known -> known.seq() > head.seq())
                .map(known -> new LedgerFault(
                        Kind.CUT_OFF,
                        head.seq() + 1,
                        "",
                        "record %d is missing: the ledger ends before it, and the anchor knows record %d"
                                .formatted(head.seq() + 1, known.seq()))));
    }

    /** What must be in the ledger. */
    Optional<Anchor> anchor() {
        return anchor;
    }

    /** The last record that was in order. */
    Anchor head() {
        return head;
    }

    /** The records by which the host told that it had cut off a torn write. */
    List<Long> mended() {
        return List.copyOf(mended);
    }
}
