package dev.qsc.host.agent;

import dev.qsc.agent.api.HostClock;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.InstantSource;

/** The host's clocks. The boot clock counts on while the machine sleeps, and starts again with each boot. */
record BootClock(Path uptime, InstantSource wall) {

    /** Both clocks now. */
    HostClock now() {
        String text = HostFiles.read(uptime).orElseThrow(() -> new HostException(uptime + " is missing"));
        long boot = new BigDecimal(text.substring(0, text.indexOf(' ')))
                .movePointRight(3)
                .longValue();
        return new HostClock(boot, wall.instant());
    }
}
