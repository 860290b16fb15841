package dev.qsc.host.agent;

import dev.qsc.agent.api.UnitState;
import java.nio.file.Path;
import java.util.Set;

/** What an administrator allows for a unit: {@code units.d/<unit>.yaml}. */
final class Limits {
    private static final Set<String> KEYS = Set.of("max_lease", "max_total", "stop_grace", "soak");

    private Limits() {}

    /**
     * The limits in a file.
     *
     * @throws HostException when they cannot be used
     */
    static UnitState.Limits read(Path file) {
        try {
            FlatYaml yaml = FlatYaml.read(file, KEYS);
            return new UnitState.Limits(
                    yaml.duration("max_lease").toMillis(),
                    yaml.duration("max_total").toMillis(),
                    yaml.duration("soak").toMillis());
        } catch (InvalidConfigException e) {
            throw new HostException(e.getMessage(), e);
        }
    }
}
