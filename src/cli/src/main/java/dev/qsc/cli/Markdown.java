package dev.qsc.cli;

import java.util.regex.Pattern;

/** Text as Markdown that shows it. */
final class Markdown {
    /** What is markup within a line: an underscore at the edge of a word, a {@code <} before what may be a tag. */
    private static final Pattern MARKUP =
            Pattern.compile("[\\\\`*\\[\\]|~&]|(?<![\\p{L}\\p{N}])_|_(?![\\p{L}\\p{N}])|<(?=[A-Za-z/!?])");

    private Markdown() {}

    /** The text on one line, none of its characters taken for markup. */
    static String escaped(String text) {
        return MARKUP.matcher(Printable.text(text)).replaceAll("\\\\$0");
    }
}
