package dev.qsc.telemetry;

/** Where a stream is. Equal places hold the same stream, which {@link SharedStreams} read once. */
public interface StreamPlace {
    /**
     * The stream, which is read as soon as it is asked for.
     *
     * @throws TelemetryException when it can never be read, for example because the CA cannot
     */
    EventSource open();
}
