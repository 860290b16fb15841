package dev.qsc.cli;

/** What {@code qsc} returns to the shell, the same for every command. */
final class ExitCode {
    /**
     * Go: the gate passed, all models are GO, the canary would have gone through, the recording is written, a ledger is
     * intact, a host is in order.
     */
    static final int GO = 0;
    /** There is no answer: a file, a server, a cluster or the output failed. */
    static final int ERROR = 1;
    /** No go: a rule does not hold, there is no evidence, a ledger or a host is not in order. */
    static final int NO_GO = 2;
    /** Not yet: a collection is complete, the scoreboard waits, the recording ended before the canary did. */
    static final int NOT_YET = 3;
    /** The command line is wrong. */
    static final int USAGE = 64;

    private ExitCode() {}
}
