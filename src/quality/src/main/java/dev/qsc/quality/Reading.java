package dev.qsc.quality;

/** What the judge makes of one stream entry: a usable {@link Event}, or the reason why it is none. */
public sealed interface Reading permits Event, Unusable {}
