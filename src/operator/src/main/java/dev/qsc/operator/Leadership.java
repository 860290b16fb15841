package dev.qsc.operator;

import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One operator acts at a time. A leader that loses its lease ends at once, without an orderly shutdown: whatever it
 * went on with would be done by two. The process manager starts it again, as a standby.
 */
@Singleton
public class Leadership {
    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);
    private static final String LEASE = "qsc-operator";
    private static final int EXIT_CODE = 1;

    private final String holder;
    private volatile boolean stopping;

    Leadership() {
        this.holder = uniqueName();
    }

    /** This process, as leases and hosts know it: never the same for two processes, also on one machine. */
    public String holder() {
        return holder;
    }

    /** The lease, its renewal and the end of a leader that lost it. */
    @Produces
    @Singleton
    // The builder of this version makes a leader that goes on after its lease is lost; only the constructor takes a
    // callback.
    @SuppressWarnings("deprecation")
    LeaderElectionConfiguration leaderElection(OperatorConfig config) {
        Duration lease = config.leaderElection().leaseDuration();
        return new LeaderElectionConfiguration(
                LEASE,
                config.namespace(),
                lease,
                lease.multipliedBy(2).dividedBy(3),
                lease.dividedBy(7),
                holder,
                new LeaderCallbacks(this::startLeading, this::stopLeading, leader -> {}),
                false);
    }

    private void startLeading() {
        LOG.atInfo().addKeyValue("holder", holder).log("this operator leads");
    }

    private void stopLeading() {
        if (stopping) {
            return;
        }
        LOG.atError()
                .addKeyValue("holder", holder)
                .log("the leader lease is lost: this process ends at once, so that never two operators act");
        Runtime.getRuntime().halt(EXIT_CODE);
    }

    /** Runs before the operator gives its lease up by itself. */
    void shutdown(@Observes @Priority(1) ShutdownEvent event) {
        stopping = true;
    }

    private static String uniqueName() {
        String machine = System.getenv().getOrDefault("HOSTNAME", "operator").replaceAll("[^0-9a-zA-Z._-]", "-");
        byte[] random = new byte[4];
        ThreadLocalRandom.current().nextBytes(random);
        return "%.64s-%d-%s"
                .formatted(
                        machine, ProcessHandle.current().pid(), HexFormat.of().formatHex(random));
    }
}
