package dev.qsc.operator.core;

import java.time.Instant;

/** A finished {@link JudgeOrder}. */
public record JudgeReport(JudgeOrder order, Instant finishedAt, JudgeOutcome outcome) {}
