package dev.qsc.host.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A lease")
class LeaseTest {
    @Test
    @DisplayName("survives its own text, and no torn or foreign line counts")
    void text() {
        Lease lease = Lease.NONE.with(new Lease.Entry("u", "op-1", 1, 5_000));
        assertThat(lease.text()).isEqualTo("lease u op-1 1 5000 end\n");
        assertThat(Lease.parse(lease.text())).isEqualTo(lease);
        assertThat(Lease.parse("lease u op-1 1 5000 en\nlease u op-1 -1 5 end\nlease u op 1 1e9 end\nx\n"))
                .isEqualTo(Lease.NONE);
    }

    @Test
    @DisplayName("is kept for the operation that runs while the next one takes over, and for no third one")
    void takeover() {
        Lease lease = Lease.NONE
                .with(new Lease.Entry("u", "op-1", 1, 5_000))
                .with(new Lease.Entry("u", "op-2", 1, 6_000))
                .with(new Lease.Entry("u", "op-3", 1, 7_000));
        assertThat(lease.text()).isEqualTo("lease u op-3 1 7000 end\nlease u op-2 1 6000 end\n");
    }

    @Test
    @DisplayName("of another rollout goes when one takes the unit")
    void otherRollout() {
        Lease lease =
                Lease.NONE.with(new Lease.Entry("u", "op-1", 1, 5_000)).with(new Lease.Entry("v", "op-1", 1, 6_000));
        assertThat(lease.text()).isEqualTo("lease v op-1 1 6000 end\n");
    }

    @Test
    @DisplayName("is withdrawn for one rollout, not for another one")
    void withdrawn() {
        Lease lease = Lease.NONE.with(new Lease.Entry("u", "op-1", 1, 5_000));
        assertThat(lease.without("u")).isEqualTo(Lease.NONE);
        assertThat(lease.without("v")).isEqualTo(lease);
    }

    @Test
    @DisplayName("is never shortened, and takes the newer leader's epoch")
    void deadline() {
        Lease lease =
                Lease.NONE.with(new Lease.Entry("u", "op-1", 1, 5_000)).with(new Lease.Entry("u", "op-1", 2, 4_000));
        assertThat(lease.text()).isEqualTo("lease u op-1 2 5000 end\n");
    }
}
