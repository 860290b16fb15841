package dev.qsc.agent.api;

/** Where a unit stands between its baseline and a canary. */
public enum CanaryState {
    /** No canary, and none was here since the unit was listed. */
    Idle,
    /** The way home is being prepared; the engine is untouched. */
    Arming,
    /** The canary's values are written and the engine restarts with them; nothing is proved yet. */
    Applying,
    /** Every process of the unit was seen to run with the canary's values. */
    Active,
    /** The canary's weights become the baseline; nothing is proved yet. */
    Promoting,
    /** Every process was seen to run on the new baseline; the old one is kept until the operator confirms. */
    Promoted,
    /** On the way to the baseline; nothing is proved yet. */
    RollingBack,
    /** Every process was seen to run without the canary's values, after a canary or a promotion that was undone. */
    Home,
    /** A process could not be seen, or carries what it should not: neither active nor home. */
    Unverifiable,
    /**
     * The operation was refused or could not be carried out; the engine is on its baseline and the message says why.
     */
    Failed
}
