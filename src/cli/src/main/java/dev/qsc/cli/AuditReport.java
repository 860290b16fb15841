package dev.qsc.cli;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a ledger's check found.
 *
 * @param at when it was made
 * @param sources what was read: files, or a host
 * @param anchor what the ledger had to hold; empty when nobody told
 * @param head the last record in order
 * @param mended the records by which the host told that it had cut off a torn write
 * @param fault the first thing that is wrong
 */
record AuditReport(
        Instant at,
        List<String> sources,
        Optional<Anchor> anchor,
        Anchor head,
        List<Long> mended,
        Optional<LedgerFault> fault) {
    /** What was found by following a chain to its end. */
    static AuditReport of(Instant at, List<String> sources, LedgerChain chain) {
        return new AuditReport(at, sources, chain.anchor(), chain.head(), chain.mended(), chain.fault());
    }

    int exitCode() {
        return fault.isEmpty() ? ExitCode.GO : ExitCode.NO_GO;
    }

    /** For a person: the verdict, and what it rests on. */
    String text(boolean hasColours) {
        String verdict = fault.map(found -> Style.BAD.of("NOT INTACT", hasColours) + "  " + found.message() + "\n")
                .orElseGet(() -> Style.GOOD.of("INTACT", hasColours) + "  " + Numbers.count(head.seq(), "record")
                        + " in an unbroken chain\n");
        StringBuilder text = new StringBuilder(verdict);
        text.append("  Last record in order: " + head + "\n");
        if (!mended.isEmpty()) {
            text.append("  Torn writes that the host told of and cut off: %d\n".formatted(mended.size()));
        }
        text.append("  " + anchorage() + "\n");
        sources.forEach(source -> text.append("Source: " + Printable.text(source) + "\n"));
        return text.toString();
    }

    private String anchorage() {
        if (anchor.isEmpty()) {
            return "Without an anchor nobody can tell whether records were cut off the end: give --engine-host or --anchor";
        }
        return fault.isPresent()
                ? "Anchor: " + anchor.get()
                : "Anchor: %s; it is there, and %s after it"
                        .formatted(
                                anchor.get(),
                                Numbers.count(head.seq() - anchor.get().seq(), "record"));
    }

    /** For programs, as docs/schema/audit.schema.json describes it. */
    String json() {
        return Json.document(Json.object(
                "ledger",
                fault.isEmpty() ? "INTACT" : "NOT_INTACT",
                "fault",
                fault.map(found -> Json.object(
                        "kind", found.kind(),
                        "record", found.record(),
                        "where", found.where().isEmpty() ? null : found.where(),
                        "message", found.message())),
                "head",
                json(head),
                "anchor",
                anchor.map(AuditReport::json),
                "mended",
                mended,
                "sources",
                sources,
                "generated_at",
                at));
    }

    private static Object json(Anchor anchor) {
        return Json.object("seq", anchor.seq(), "hash", anchor.hash());
    }
}
