package dev.qsc.host.agent;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the host's files are, and how the agent reads and writes them. Root owns all but {@code /run/qsc-agent}.
 *
 * @param root {@code /}, or what stands for it
 */
record HostFiles(Path root) {
    private static final int LARGEST = 64 * 1024;

    /** What an administrator listed for a unit. */
    Path listed(String unit) {
        return listings().resolve(unit + ".yaml");
    }

    /** The listed units' files. */
    Path listings() {
        return root.resolve("etc/qsc-agent/units.d");
    }

    /** Root's record of the canary that is armed. */
    Path armed(String unit) {
        return state(unit).resolve("armed");
    }

    /** Whether any unit has such a record, as far as can be told. */
    boolean isArmed() {
        try (Stream<Path> states = Files.list(root.resolve("var/lib/qsc"))) {
            return states.anyMatch(state -> Files.exists(state.resolve("armed")));
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** What root remembers of the rollouts that a unit served. */
    Path fences(String unit) {
        return state(unit).resolve("fences");
    }

    /** The weights to come home to. */
    Path baseline(String unit) {
        return state(unit).resolve("baseline_model_weights.json");
    }

    /** What root saw in the unit's processes. */
    Path observed(String unit) {
        return root.resolve("run/qsc").resolve(unit).resolve("observed");
    }

    /** Root's mark that the unit is on its way home. */
    Path homeward(String unit) {
        return root.resolve("run/qsc").resolve(unit).resolve("rollback");
    }

    /** What the agent asks root for. */
    Path request(String unit) {
        return root.resolve("run/qsc-agent").resolve(unit).resolve("request");
    }

    /** Until when the canary may stay. */
    Path lease(String unit) {
        return root.resolve("run/qsc-agent").resolve(unit).resolve("lease");
    }

    /** The ledger of all units. */
    Path ledger() {
        return root.resolve("var/log/qsc/qsc_canary.jsonl");
    }

    /** Seconds since boot, as the kernel writes them. */
    Path uptime() {
        return root.resolve("proc/uptime");
    }

    private Path state(String unit) {
        return root.resolve("var/lib/qsc").resolve(unit);
    }

    /**
     * A small file's text; empty when there is none.
     *
     * @throws HostException when it is there and cannot be read, or is too large
     */
    static Optional<String> read(Path file) {
        try (var in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw new HostException(file + " is larger than " + LARGEST + " bytes");
            }
            return Optional.of(new String(bytes, StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new HostException(file + " cannot be read: " + e.getClass().getSimpleName(), e);
        }
    }

    /** When a file was last written; the epoch when there is none. */
    static Instant writtenAt(Path file) {
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } catch (IOException e) {
            return Instant.EPOCH;
        }
    }

    /** The last bytes of a file, at most 64 KiB; empty when there is none. */
    static String tail(Path file) {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            channel.position(Math.max(0, channel.size() - LARGEST));
            return new String(Channels.newInputStream(channel).readNBytes(LARGEST), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw new HostException(file + " cannot be read: " + e.getClass().getSimpleName(), e);
        }
    }

    /** The files of a directory, by name; none when there is no such directory. */
    static List<Path> list(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .toList();
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (IOException e) {
            throw new HostException(
                    directory + " cannot be read: " + e.getClass().getSimpleName(), e);
        }
    }

    /** Replaces a file at once: a reader sees the old text or the new one. One writer at a time. */
    static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Path fresh = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(fresh, text);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new HostException(file + " cannot be written: " + e, e);
        }
    }
}
