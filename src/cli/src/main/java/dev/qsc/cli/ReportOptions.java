package dev.qsc.cli;

import picocli.CommandLine.Option;

/** How the answer is written. */
final class ReportOptions {
    @Option(
            names = {"-o", "--output"},
            defaultValue = "text",
            paramLabel = "FORMAT",
            description = "How the result is written: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Format format;

    Format format() {
        return format;
    }
}
