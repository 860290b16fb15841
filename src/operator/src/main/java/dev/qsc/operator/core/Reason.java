package dev.qsc.operator.core;

/** Every reason that conditions and Events give. Tools match on the names, so they do not change. */
public enum Reason {
    /** A new attempt begins: a new rollout, a changed spec, or a retry. */
    AttemptStarted,
    /** A host cannot be seen, and nothing can begin without it. */
    HostNotReady,
    /** The unit cannot take a canary: no baseline, not running, or it belongs to another rollout right now. */
    UnitNotReady,
    /** The host's baseline is not the one that the spec asserts. */
    BaselineMismatch,
    /** The weights cannot be computed from the baseline. */
    InvalidWeights,
    /** The gate reads events. */
    Gating,
    /** There are too few events or samples yet; the message counts them. */
    InsufficientEvidence,
    /** The telemetry cannot be read; the message says why. */
    TelemetryUnavailable,
    /** The stream no longer holds what was read last, so that events may be missing. */
    TelemetryIncomplete,
    /** The gate did not get what it needs within its time-out. */
    GateTimeout,
    /** A rule of the gate does not hold. */
    GateViolation,
    /** The monitor's first check would roll back. */
    MonitorWouldFail,
    /** Every rule of the gate holds. */
    GatePassed,
    /** The gate passed, and the spec asks for no more than that. */
    DryRunPassed,
    /** Advancing is paused by the spec or by the annotation. */
    Paused,
    /** Hosts take the canary. */
    Activating,
    /** A host refused the canary, and the engine is untouched. */
    ActivationRefused,
    /** A host did not get the canary to run. */
    ActivationFailed,
    /** Every process of every host was seen with the canary's values. */
    EnvironmentVerified,
    /** The engines say that they loaded the canary's weights. */
    Acknowledged,
    /** The canary is watched. */
    Monitoring,
    /** The last check found every rule in order. */
    ChecksPass,
    /** The last check could not judge yet. */
    NotJudged,
    /** A rule does not hold while the canary runs. */
    Violation,
    /** The watch can no longer show that the canary is healthy. */
    Inconclusive,
    /** The step is complete; a person decides. */
    AwaitingPromotion,
    /** Hosts make the canary's weights their baseline. */
    Promoting,
    /** A host could not be promoted. */
    PromotionFailed,
    /** Every host runs on the new baseline. */
    Promoted,
    /** Hosts go home. */
    RollingBack,
    /** Every host was seen on its baseline. */
    RolledBack,
    /** A host was not seen on its baseline, and its lease ended more than a minute ago. */
    RollbackUnverified,
    /** The spec changed while a canary was active. */
    SpecChanged,
    /** The rollout is being deleted. */
    Deleted,
    /** Somebody asked for the rollback. */
    Manual,
    /** A command by annotation was refused; the message says why. */
    CommandRefused,
    /** A host knows a newer leader. */
    Fenced
}
