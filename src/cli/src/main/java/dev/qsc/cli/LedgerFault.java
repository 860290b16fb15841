package dev.qsc.cli;

/**
 * The first thing that is wrong with a ledger.
 *
 * @param record the number of the record that is concerned
 * @param where where it stands: file and line; empty when nothing stands there
 * @param message what is wrong, a sentence that names the record
 */
record LedgerFault(Kind kind, long record, String where, String message) {
    /** What can be wrong with a ledger. */
    enum Kind {
        /** A line is no record. */
        NOT_A_RECORD,
        /** A record's hash is not that of its content. */
        CHANGED,
        /** Another record stands where this one belongs: some are missing, repeated or in another order. */
        OUT_OF_PLACE,
        /** A record does not hold the hash of the one before. */
        NOT_CHAINED,
        /** A line does not end. */
        TORN,
        /** The ledger ends before its anchor. */
        CUT_OFF,
        /** The anchor's record is another one. */
        REPLACED
    }
}
