/**
 * The judge: events become statistics, statistics become a verdict.
 *
 * <p>{@link dev.qsc.quality.EventParser} reads stream entries, {@link dev.qsc.quality.RecentEvents} keeps the newest of
 * them, {@link dev.qsc.quality.Gate} decides whether a canary may be activated, {@link dev.qsc.quality.Monitor} watches
 * it once it is active, and {@link dev.qsc.quality.Watch} says what follows from check after check.
 * {@link dev.qsc.quality.Scoreboard} shows where each model stands, {@link dev.qsc.quality.Replay} what a rollout would
 * have done on a recording. All of it is pure: no input or output, no clock, no framework; the same input gives the
 * same verdict.
 */
package dev.qsc.quality;
