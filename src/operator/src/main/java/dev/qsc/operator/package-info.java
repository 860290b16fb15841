/**
 * The operator's application: {@link dev.qsc.operator.CanaryRolloutReconciler} runs the script observe, decide, persist
 * the intent, act, persist the result. What happens next is decided in {@code core}, which is pure; {@code kube},
 * {@code hosts} and {@code telemetry} talk to the world and decide nothing.
 */
package dev.qsc.operator;
