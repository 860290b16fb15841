package dev.qsc.quality;

/** How a model, or all of them together, is doing. */
public enum Standing {
    /** In order, on enough evidence. */
    GO("GO"),
    /** Nothing is wrong yet, on too little evidence. */
    WAIT("WAIT"),
    /** At least one rule does not hold. */
    NO_GO("NO-GO");

    private final String title;

    Standing(String title) {
        this.title = title;
    }

    /** How people write it: {@code GO}, {@code WAIT}, {@code NO-GO}. */
    public String title() {
        return title;
    }
}
