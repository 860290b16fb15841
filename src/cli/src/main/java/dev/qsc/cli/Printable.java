package dev.qsc.cli;

/** Text from a stream, which may hold anything, made harmless for a terminal. */
final class Printable {
    private Printable() {}

    /** The text with everything that could move a cursor or turn the direction of writing as {@code \}{@code uXXXX}. */
    static String text(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (isInvisible(c)) {
                shown.append(c <= 0xFFFF ? "\\u%04X".formatted(c) : "\\u{%X}".formatted(c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return shown.toString();
    }

    /** How many columns of a terminal the text takes, as far as that can be known. */
    static int width(String text) {
        return text.codePoints().map(Printable::width).sum();
    }

    private static boolean isInvisible(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED -> true;
            default -> false;
        };
    }

    private static int width(int c) {
        if (Character.getType(c) == Character.NON_SPACING_MARK || Character.getType(c) == Character.ENCLOSING_MARK) {
            return 0;
        }
        return Character.isIdeographic(c) || isHangulOrKana(c) || Character.isEmojiPresentation(c) ? 2 : 1;
    }

    private static boolean isHangulOrKana(int c) {
        return switch (Character.UnicodeScript.of(c)) {
            case HANGUL, HIRAGANA, KATAKANA -> true;
            default -> false;
        };
    }
}
