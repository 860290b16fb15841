/**
 * What operator and host agent say to each other: the records of agent API v1, their JSON, and the client.
 *
 * <p>Every record is immutable and checks its own invariants, so that both sides refuse the same things with the same
 * sentence ({@link dev.qsc.agent.api.InvalidRequestException}).
 */
package dev.qsc.agent.api;
