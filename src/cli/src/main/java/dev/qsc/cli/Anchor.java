package dev.qsc.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A record of a ledger as somebody else remembers it, out of the host's reach.
 *
 * @param seq its number, from 1; 0 for a ledger that had none
 * @param hash its SHA-256; 64 zeros when {@code seq} is 0
 */
record Anchor(long seq, String hash) {
    /** Before the first record. */
    static final Anchor BEGINNING = new Anchor(0, "0".repeat(64));

    @Override
    public String toString() {
        return seq + ":" + hash;
    }

    /** Reads {@code SEQ:HASH}. */
    static final class Converter implements ITypeConverter<Anchor> {
        private static final Pattern ANCHOR = Pattern.compile("([0-9]{1,18}):([0-9a-f]{64})");

        @Override
        public Anchor convert(String text) {
            Matcher anchor = ANCHOR.matcher(text);
            if (!anchor.matches()) {
                throw new TypeConversionException(
                        "'%s' is no anchor: write the number of a record, a colon, and its hash of 64 hex digits"
                                .formatted(Printable.text(text)));
            }
            return new Anchor(Long.parseLong(anchor.group(1)), anchor.group(2));
        }
    }
}
