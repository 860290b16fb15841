package dev.qsc.cli;

import dev.qsc.quality.ReplayStep;

/** An account of a replay that grows step by step. */
interface ReplayReport {
    /** Takes the next step. */
    void add(ReplayStep step);

    /** What is to be printed after the last step. */
    String rest();
}
