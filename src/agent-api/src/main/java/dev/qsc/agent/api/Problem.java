package dev.qsc.agent.api;

/**
 * An error as RFC 9457 problem details, media type {@code application/problem+json}.
 *
 * @param type {@code urn:qsc:problem:} and a {@link Kind}'s name in kebab case
 * @param title the kind of problem, the same for each occurrence
 * @param status the HTTP status
 * @param detail what is wrong here and what to do
 */
public record Problem(String type, String title, int status, String detail) {

    /** Every problem an agent answers with. */
    public enum Kind {
        /** The request is not what the API takes. */
        INVALID_REQUEST(400, "The request is not valid"),
        /** The certificate is good, but its name is not on the agent's list. */
        NOT_AUTHORISED(403, "The client is not authorised"),
        /** The unit is not listed in units.d. */
        UNKNOWN_UNIT(404, "The unit is not listed on this host"),
        /** The stream is not listed in agent.yaml. */
        UNKNOWN_SOURCE(404, "The stream is not listed on this host"),
        /** No such path. */
        NOT_FOUND(404, "There is nothing at this path"),
        /** The path does not know this method. */
        METHOD_NOT_ALLOWED(405, "The method is not allowed here"),
        /** Another rollout has a canary on this unit. */
        OCCUPIED(409, "Another rollout has a canary on this unit"),
        /** A newer leader, or another one of the same epoch, was here. */
        FENCED(409, "A newer leader speaks for this rollout"),
        /** The operation was rolled back, or a later one came first. */
        TOMBSTONED(409, "The operation is dead"),
        /** The state does not allow it: no such canary, another baseline, not active yet. */
        CONFLICT(409, "The state of the unit does not allow it"),
        /** The length of the body was not said beforehand. */
        LENGTH_REQUIRED(411, "The length of the body must be said"),
        /** The body is larger than the agent reads. */
        TOO_LARGE(413, "The request is too large"),
        /** The host could not do it. */
        HOST_ERROR(500, "The host could not do it"),
        /** The stream that is read through the host cannot be read. */
        TELEMETRY_UNAVAILABLE(502, "The stream cannot be read"),
        /** Too many read streams through this host at this moment. */
        BUSY(503, "The agent is busy");

        private final int status;
        private final String title;

        Kind(int status, String title) {
            this.status = status;
            this.title = title;
        }

        /** The HTTP status of this kind. */
        public int status() {
            return status;
        }

        /** This kind of problem with its detail: what is wrong here and what to do. */
        public Problem detail(String detail) {
            return new Problem(
                    "urn:qsc:problem:"
                            + name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'),
                    title,
                    status,
                    detail);
        }
    }

    /** Whether this problem is of that kind. */
    public boolean is(Kind kind) {
        return kind.detail("").type().equals(type);
    }
}
