package dev.qsc.agent.api;

import java.time.Instant;

/**
 * A host's clocks at one instant.
 *
 * @param boot CLOCK_BOOTTIME in milliseconds: leases are measured by it
 * @param wall wall clock, for people
 */
public record HostClock(long boot, Instant wall) {}
