package dev.qsc.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads moments: RFC 3339 with an offset, or what {@code systemctl show --timestamp=utc} prints. */
final class Timestamps implements ITypeConverter<Instant> {
    private static final Pattern RFC_3339 = Pattern.compile(
            "(\\d{4}-\\d\\d-\\d\\d)[Tt ](\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?)([Zz]|[+-]\\d\\d:\\d\\d)");
    private static final Pattern SYSTEMD =
            Pattern.compile("(?:[A-Z][a-z]{2} )?(\\d{4}-\\d\\d-\\d\\d) (\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,6})?) UTC()");

    @Override
    public Instant convert(String text) {
        for (Pattern pattern : new Pattern[] {RFC_3339, SYSTEMD}) {
            var parts = pattern.matcher(text);
            if (parts.matches()) {
                return moment(text, parts.group(1) + "T" + parts.group(2) + offset(parts.group(3)));
            }
        }
        throw bad(text);
    }

    private static String offset(String text) {
        return text.isEmpty() ? "Z" : text;
    }

    private static Instant moment(String text, String iso) {
        try {
            return OffsetDateTime.parse(iso).toInstant();
        } catch (DateTimeException e) {
            throw bad(text);
        }
    }

    private static TypeConversionException bad(String text) {
        return new TypeConversionException(
                "'%s' is no moment with an offset: write 2026-01-10T05:43:15Z, or what systemctl show --timestamp=utc prints"
                        .formatted(Printable.text(text)));
    }
}
