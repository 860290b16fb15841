/**
 * Where events come from: {@link dev.qsc.telemetry.RedisStream Redis} or a {@link dev.qsc.telemetry.JsonlRecording
 * file}. {@link dev.qsc.telemetry.EventReader} reads the gate's window, {@link dev.qsc.telemetry.StreamFollower} keeps
 * the monitor's up to date. Every call ends within seconds, with an answer or a
 * {@link dev.qsc.telemetry.TelemetryException} of one sentence.
 */
package dev.qsc.telemetry;
