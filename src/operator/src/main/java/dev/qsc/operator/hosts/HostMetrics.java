package dev.qsc.operator.hosts;

import dev.qsc.api.EngineHost;
import dev.qsc.api.EngineHostStatus;
import io.javaoperatorsdk.operator.api.reconciler.ResourceCache;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;

/** Each EngineHost's times as gauges, in seconds since 1970: there as long as the EngineHost is, and the time known. */
@Singleton
final class HostMetrics {
    private final MultiGauge certificateExpiry;
    private final MultiGauge lastSeen;

    HostMetrics(MeterRegistry registry) {
        this.certificateExpiry = MultiGauge.builder("qsc.enginehost.certificate.expiry.timestamp")
                .baseUnit("seconds")
                .description("When the certificate of the host's agent ends, in seconds since 1970")
                .register(registry);
        this.lastSeen = MultiGauge.builder("qsc.enginehost.last.seen.timestamp")
                .baseUnit("seconds")
                .description("When the host's agent last answered, in seconds since 1970; up to 5 minutes behind")
                .register(registry);
    }

    /** Shows the hosts that there are now, and no others. */
    synchronized void show(ResourceCache<EngineHost> hosts) {
        // One by one: a list does not hold the status yet that was just written.
        List<EngineHost> known = hosts.keys()
                .flatMap(id -> hosts.get(id).stream())
                .filter(host -> host.getStatus() != null)
                .toList();
        certificateExpiry.register(rows(known, EngineHostStatus::certificateNotAfter), true);
        lastSeen.register(rows(known, EngineHostStatus::lastSeen), true);
    }

    private static List<MultiGauge.Row<?>> rows(List<EngineHost> hosts, Function<EngineHostStatus, Instant> time) {
        return hosts.stream()
                .filter(host -> time.apply(host.getStatus()) != null)
                .<MultiGauge.Row<?>>map(host -> MultiGauge.Row.of(
                        Tags.of(
                                "namespace", host.getMetadata().getNamespace(),
                                "host", host.getMetadata().getName()),
                        time.apply(host.getStatus()).getEpochSecond()))
                .toList();
    }
}
