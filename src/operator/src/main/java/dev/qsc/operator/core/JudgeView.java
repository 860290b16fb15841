package dev.qsc.operator.core;

/**
 * The background judge of one rollout.
 *
 * @param latest the last order that finished in this process; null when none did
 * @param busy whether an order is being worked on
 */
public record JudgeView(JudgeReport latest, boolean busy) {}
