package dev.qsc.host.agent;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What the agent may see and do of the service manager. */
interface Systemd {
    /**
     * The properties of each unit, in the order asked for.
     *
     * @throws HostException when the manager does not answer
     */
    List<Map<String, String>> show(List<String> units);

    /**
     * Starts a helper, and returns as soon as that is queued.
     *
     * @throws HostException when the manager refuses
     */
    void start(String unit);

    /**
     * Starts a helper and waits for its end.
     *
     * @throws HostException when the manager refuses, the helper fails, or it is not done within that time, in which
     *     case it goes on
     */
    void run(String unit, Duration within);

    /** The manager's version, such as {@code 252 (252.39-1~deb12u1)}. */
    String version();
}
