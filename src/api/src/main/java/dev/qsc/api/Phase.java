package dev.qsc.api;

/** The stored state of a rollout. People and tools read conditions; the phase is the short form for a table. */
public enum Phase {
    /** Waits until hosts and units can be seen and are fit. */
    Pending,
    /** The gate collects and judges events; the engine is untouched. */
    Gating,
    /** The gate, or a rule before it, refused the canary; final until the spec changes or a retry. */
    GateFailed,
    /** The gate passed, and {@code dryRun} asks for no more. */
    DryRunPassed,
    /** Hosts take the canary. */
    Activating,
    /** The canary runs and is watched. */
    Monitoring,
    /** Every step is complete; the canary is still watched until a person decides. */
    AwaitingPromotion,
    /** Hosts make the canary's weights their baseline. */
    Promoting,
    /** Every host runs on the new baseline. */
    Promoted,
    /** Hosts go home. */
    RollingBack,
    /** Every host was seen on its baseline; final until the spec changes or a retry. */
    RolledBack,
    /** A host refused the canary and was not touched; final until the spec changes or a retry. */
    Failed
}
