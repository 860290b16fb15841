/**
 * The agent on an engine's host: it speaks agent API v1 over mutual TLS, asks root's helpers to act, and reports what
 * root's records and systemd say. It runs without privileges and writes nothing but its own requests and leases.
 */
package dev.qsc.host.agent;
