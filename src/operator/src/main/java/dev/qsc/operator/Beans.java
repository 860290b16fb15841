package dev.qsc.operator;

import dev.qsc.telemetry.SharedStreams;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetricsV2;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/** What the application is made of that is not ours. */
final class Beans {
    private Beans() {}

    @Produces
    @Singleton
    static Clock clock() {
        return Clock.systemUTC();
    }

    @Produces
    @Singleton
    static SharedStreams streams() {
        return new SharedStreams();
    }

    /** The reconcilers' metrics; the extension's own bean counts nothing. */
    @Produces
    @Singleton
    static Metrics metrics(MeterRegistry registry) {
        return MicrometerMetricsV2.newBuilder(registry).build();
    }
}
