package dev.qsc.quality;

/** What a model votes for. */
public enum Action {
    BUY,
    SELL,
    HOLD
}
