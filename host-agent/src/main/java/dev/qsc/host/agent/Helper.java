package dev.qsc.host.agent;

import java.util.regex.Pattern;

/** Root's helpers: what the agent may start, each an instance per unit. */
enum Helper {
    apply,
    promote,
    rollback,
    record;

    private static final Pattern UNIT = Pattern.compile("[A-Za-z0-9:_@][A-Za-z0-9:_.@-]{0,199}\\.service");

    /** The instance for a unit: named by it, without its suffix, as it is. */
    String instance(String unit) {
        return "qsc-" + name() + "@" + unit.substring(0, unit.length() - ".service".length()) + ".service";
    }

    /** Whether a name can be a unit's, and a directory's. */
    static boolean canServe(String unit) {
        return UNIT.matcher(unit).matches();
    }
}
