package dev.qsc.operator;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;
import java.time.Duration;

/** What an administrator sets, as {@code qsc.*} properties or {@code QSC_*} environment variables. */
@ConfigMapping(prefix = "qsc")
public interface OperatorConfig {
    /** The operator's own namespace, where its leader lease is kept. */
    String namespace();

    LeaderElection leaderElection();

    Agent agent();

    /** Who leads when several operators run. */
    interface LeaderElection {
        /** How long a dead leader keeps the others waiting; a live one renews seven times in this time. */
        Duration leaseDuration();
    }

    /** How agents are called. */
    interface Agent {
        Tls tls();
    }

    /** The operator's client certificate, as PEM files that are read again when they change. */
    interface Tls {
        /** The certificate, and those that sign it. */
        Path cert();

        /** Its private key, unencrypted PKCS#8. */
        Path key();

        /** The authorities that sign agents' certificates. */
        Path ca();
    }
}
