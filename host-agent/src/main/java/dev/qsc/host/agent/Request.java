package dev.qsc.host.agent;

import dev.qsc.agent.api.CanaryRequest;
import dev.qsc.agent.api.ConfirmRequest;
import dev.qsc.agent.api.Epoch;
import dev.qsc.agent.api.LeaseRenewal;
import dev.qsc.agent.api.MonitoringCompleted;
import dev.qsc.agent.api.Operation;
import dev.qsc.agent.api.PromoteRequest;
import dev.qsc.agent.api.RollbackRequest;
import dev.qsc.agent.api.RolloutRef;

/**
 * The text that asks root for something: {@code key=value} lines that a shell reads one by one, never sourced. What
 * goes in was checked by the records of the agent API; root checks it again.
 */
final class Request {
    /** Bytes that root reads of a request at most; a character has four of them at most. */
    static final int LARGEST = 16 * 1024;

    private final StringBuilder text = new StringBuilder("qsc-request 1\n");

    private Request(String verb, RolloutRef rollout) {
        line("verb", verb).line("rollout", rollout).line("uid", rollout.uid());
    }

    /** Put a canary there. */
    static String apply(CanaryRequest canary) {
        Request request = new Request("apply", canary.rollout())
                .line("attempt", canary.attemptId())
                .operation(canary.operation())
                .epoch(canary.epoch())
                .line("step", canary.step())
                .line("model", canary.model())
                .line("percent", canary.percent())
                .line("old_digest", canary.baselineDigest());
        canary.weights()
                .shares()
                .forEach((model, share) -> request.line("weight", model + " " + share.toPlainString()));
        return request.line("lease_deadline", canary.leaseDeadline())
                .line("start_timeout_ms", canary.startTimeout().toMillis())
                .line("gate_events", canary.evidence().events())
                .line("cutover", canary.evidence().cutover())
                .line("gate_at", canary.evidence().judgedAt())
                .line("monitoring_seconds", canary.evidence().monitoring().toSeconds())
                .end();
    }

    /** Bring the engine home. */
    static String rollback(RollbackRequest rollback) {
        Request request = new Request("rollback", rollback.rollout())
                .operation(rollback.operation())
                .line("trigger", rollback.trigger());
        rollback.violations().stream()
                .map(Request::harmless)
                .takeWhile(violation -> request.text.length() + violation.length() < LARGEST / 4)
                .forEach(violation -> request.line("violation", violation));
        return request.end();
    }

    /** Make the canary the baseline. */
    static String promote(PromoteRequest promotion) {
        return new Request("promote", promotion.rollout())
                .operation(promotion.operation())
                .epoch(promotion.epoch())
                .line("digest", promotion.digest())
                .line("lease_deadline", promotion.leaseDeadline())
                .end();
    }

    /** Forget the old baseline. */
    static String confirm(ConfirmRequest confirmation) {
        return new Request("confirm", confirmation.rollout())
                .operation(confirmation.operation())
                .epoch(confirmation.epoch())
                .end();
    }

    /** Note that a watch ended well. */
    static String record(MonitoringCompleted completed) {
        return new Request("record", completed.rollout())
                .operation(completed.operation())
                .line("duration_seconds", completed.duration().toSeconds())
                .line("checks", completed.checks())
                .end();
    }

    /** Remember a new leader. */
    static String fence(LeaseRenewal renewal) {
        return new Request("fence", renewal.rollout()).epoch(renewal.epoch()).end();
    }

    private Request operation(Operation operation) {
        return line("operation", operation.id()).line("sequence", operation.sequence());
    }

    private Request epoch(Epoch epoch) {
        return line("epoch", epoch.number()).line("holder", epoch.holder());
    }

    private Request line(String key, Object value) {
        text.append(key).append('=').append(value).append('\n');
        return this;
    }

    private String end() {
        return text.append("end\n").toString();
    }

    /** A sentence in one line, short, without what JSON or a shell could take for more than a letter. */
    private static String harmless(String sentence) {
        String plain =
                sentence.replaceAll("[\\p{Cntrl}\"\\\\\\u2028\\u2029]", " ").strip();
        return plain.substring(0, Math.min(plain.length(), 120));
    }
}
