/**
 * Where events come from: {@link dev.qsc.telemetry.RedisStream Redis} or a {@link dev.qsc.telemetry.JsonlRecording
 * file}. {@link dev.qsc.telemetry.EventReader} reads the newest events once, {@link dev.qsc.telemetry.SharedStreams}
 * follow streams for many users, {@link dev.qsc.telemetry.Recorder} writes a file. Every call ends within seconds, with
 * an answer or a {@link dev.qsc.telemetry.TelemetryException} of one sentence.
 */
package dev.qsc.telemetry;
