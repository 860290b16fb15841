package dev.qsc.cli;

import dev.qsc.quality.StreamId;
import dev.qsc.quality.Window;
import dev.qsc.telemetry.EventReader;
import dev.qsc.telemetry.RedisStream;
import dev.qsc.telemetry.TelemetryException;
import java.nio.file.Path;

/** What is judged: a stream or a recording. */
sealed interface Source extends AutoCloseable {
    /**
     * The newest usable events of a stretch.
     *
     * @param from the oldest id that counts
     * @param to the newest id that counts
     * @param maxEvents the most that are wanted
     */
    Window newest(StreamId from, StreamId to, int maxEvents);

    @Override
    void close();

    /** A stream in Redis. A key that is not there is an empty stream, of which a person is told. */
    record Stream(RedisStream redis, Shell shell) implements Source {
        @Override
        public Window newest(StreamId from, StreamId to, int maxEvents) {
            try {
                return EventReader.newest(redis, from, to, maxEvents);
            } catch (TelemetryException e) {
                if (e.kind() != TelemetryException.Kind.NO_SUCH_STREAM) {
                    throw e;
                }
                shell.note(e.getMessage());
                return Window.EMPTY;
            }
        }

        @Override
        public void close() {
            redis.close();
        }

        @Override
        public String toString() {
            return redis.toString();
        }
    }

    /** A file. */
    record Recording(Path file) implements Source {
        @Override
        public Window newest(StreamId from, StreamId to, int maxEvents) {
            return EventReader.newest(file, from, to, maxEvents);
        }

        @Override
        public void close() {}

        @Override
        public String toString() {
            return file.toString();
        }
    }
}
