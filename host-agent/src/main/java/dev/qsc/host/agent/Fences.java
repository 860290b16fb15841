package dev.qsc.host.agent;

import dev.qsc.agent.api.CanaryState;
import dev.qsc.agent.api.Epoch;
import dev.qsc.agent.api.UnitState.Fence;
import dev.qsc.agent.api.UnitState.OperationRef;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What root remembers of the rollouts that a unit served.
 *
 * @param newestFirst by the time root last wrote them
 */
record Fences(List<Fence> newestFirst) {
    private record Dated(String at, Fence fence) {}

    /** The fences in a directory; one that is torn is an error, since forgetting it could bring back what is dead. */
    static Fences read(Path directory) {
        return new Fences(HostFiles.list(directory).stream()
                .filter(file -> !file.getFileName().toString().contains("."))
                .flatMap(file -> HostFiles.read(file).stream().map(text -> dated(file, text)))
                .sorted(Comparator.comparing(Dated::at).reversed())
                .map(Dated::fence)
                .toList());
    }

    /** What is remembered of that rollout. */
    Optional<Fence> of(String uid) {
        return newestFirst.stream()
                .filter(fence -> fence.rolloutUid().equals(uid))
                .findFirst();
    }

    /** What was written last. */
    Optional<Fence> newest() {
        return newestFirst.stream().findFirst();
    }

    private static Dated dated(Path file, String text) {
        try {
            KeyValues record = KeyValues.parse(text).orElseThrow(() -> new HostException(file + " is torn"));
            return new Dated(record.text("at"), fence(record));
        } catch (IllegalArgumentException e) {
            throw new HostException(file + " is not a record of this version", e);
        }
    }

    private static Fence fence(KeyValues record) {
        String uid = record.text("uid");
        return new Fence(
                uid,
                record.number("epoch") == 0 ? null : new Epoch(record.number("epoch"), record.text("holder")),
                record.number("tombstone"),
                record.text("operation").isEmpty()
                        ? null
                        : new OperationRef(uid, record.text("operation"), record.number("sequence")),
                CanaryState.valueOf(record.text("state")),
                record.text("message"));
    }
}
