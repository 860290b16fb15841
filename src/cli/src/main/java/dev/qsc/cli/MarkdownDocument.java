package dev.qsc.cli;

import java.util.Locale;

/** A document that grows from its title on. Texts are shown as they are, whatever they hold. */
final class MarkdownDocument {
    private final StringBuilder text = new StringBuilder();
    private boolean isInList;

    MarkdownDocument(String title) {
        text.append("# ").append(Markdown.escaped(title)).append('\n');
    }

    void section(String title) {
        block("## " + Markdown.escaped(title));
    }

    void subsection(String title) {
        block("### " + Markdown.escaped(title));
    }

    void paragraph(String sentence) {
        String escaped = Markdown.escaped(sentence);
        block(escaped.substring(0, 1).toUpperCase(Locale.ROOT) + escaped.substring(1) + ".");
    }

    void item(String line) {
        if (!isInList) {
            text.append('\n');
        }
        text.append("* ").append(Markdown.escaped(line)).append('\n');
        isInList = true;
    }

    void table(Table table) {
        block(table.markdown().stripTrailing());
    }

    private void block(String block) {
        text.append('\n').append(block).append('\n');
        isInList = false;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
