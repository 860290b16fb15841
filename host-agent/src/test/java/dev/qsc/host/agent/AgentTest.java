package dev.qsc.host.agent;

import static dev.qsc.host.agent.PretendRoot.UNIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.qsc.agent.api.AgentClient;
import dev.qsc.agent.api.Answer;
import dev.qsc.agent.api.CanaryRequest;
import dev.qsc.agent.api.CanaryState;
import dev.qsc.agent.api.ConfirmRequest;
import dev.qsc.agent.api.Credentials;
import dev.qsc.agent.api.Digests;
import dev.qsc.agent.api.Epoch;
import dev.qsc.agent.api.GateEvidence;
import dev.qsc.agent.api.HostClock;
import dev.qsc.agent.api.HostFacts;
import dev.qsc.agent.api.LeaseRenewal;
import dev.qsc.agent.api.MonitoringCompleted;
import dev.qsc.agent.api.Operation;
import dev.qsc.agent.api.Problem;
import dev.qsc.agent.api.PromoteRequest;
import dev.qsc.agent.api.RollbackRequest;
import dev.qsc.agent.api.RolloutRef;
import dev.qsc.agent.api.TestPki;
import dev.qsc.agent.api.UnitState;
import dev.qsc.agent.api.Weights;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The agent, called over mutual TLS,")
class AgentTest {
    private static final Instant NOW = Instant.parse("2026-01-10T06:00:00Z");
    static final RolloutRef ROLLOUT = new RolloutRef("trading", "patchtst", "uid-1");
    static final RolloutRef OTHER = new RolloutRef("trading", "other", "uid-2");
    private static final Epoch LEADER = new Epoch(3, "leader-a");
    static final Weights WEIGHTS = Weights.of(Map.of(
            "xgb", new BigDecimal("0.225"),
            "lgbm", new BigDecimal("0.225"),
            "nhits", new BigDecimal("0.45"),
            "patchtst", new BigDecimal("0.1")));
    private static final String BASELINE_DIGEST = Digests.sha256(PretendRoot.BASELINE.getBytes(StandardCharsets.UTF_8));

    @TempDir
    static Path certificates;

    @TempDir
    Path directory;

    private static TestPki pki;
    private static Credentials operator;
    private static Credentials own;

    private PretendRoot root;
    private TestAgent server;
    private AgentClient client;

    @BeforeAll
    static void pki() {
        pki = new TestPki(certificates, "ca");
        operator = pki.issue("operator", "URI:spiffe://qsc.dev/operator");
        own = pki.issue("agent", "IP:127.0.0.1");
    }

    @BeforeEach
    void start() throws IOException {
        root = new PretendRoot(directory);
        server = TestAgent.start(own, root, Clock.fixed(NOW, ZoneOffset.UTC), "spiffe://qsc.dev/operator", Map.of());
        client = client(operator);
        await().atMost(Duration.ofSeconds(30)).until(() -> client.host() instanceof Answer.Done);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    @DisplayName("tells what the host is, with the ledger's head")
    void host() {
        PretendRoot.put(
                root.files().ledger(), "{\"seq\":1,\"hash\":\"aa\"}\n{\"seq\":2,\"hash\":\"bb\"}\n{\"seq\":3,\"ha");
        HostFacts facts = done(client.host());
        assertThat(facts.units()).containsExactly(UNIT);
        assertThat(facts.systemdVersion()).isEqualTo("252 (pretended)");
        assertThat(facts.certificateNotAfter()).isEqualTo(own.notAfter());
        assertThat(facts.ledgerHead()).isEqualTo("bb");
        assertThat(facts.ledgerSeq()).isEqualTo(2);
        assertThat(facts.clock()).isEqualTo(new HostClock(1_000_000, NOW));
    }

    @Test
    @DisplayName("tells an idle unit's engine, baseline and limits")
    void idle() {
        UnitState state = done(client.unit(UNIT));
        assertThat(state.state()).isEqualTo(CanaryState.Idle);
        assertThat(state.canary()).isNull();
        assertThat(state.engine())
                .isEqualTo(new UnitState.Engine(
                        "active",
                        "running",
                        Instant.parse("2026-01-10T05:43:15.000123Z"),
                        "0123456789abcdef0123456789abcdef",
                        0,
                        "a".repeat(64)));
        assertThat(state.baseline().digest()).isEqualTo(BASELINE_DIGEST);
        assertThat(state.baseline().weights()).containsEntry("nhits", new BigDecimal("0.5"));
        assertThat(state.limits()).isEqualTo(new UnitState.Limits(180_000, 86_400_000, 2_000));
    }

    @Test
    @DisplayName("asks root for a canary, with the lease written before")
    void put() {
        UnitState state = done(client.put(UNIT, canary(ROLLOUT, "op-1", 1, LEADER)));
        assertThat(state.state()).isEqualTo(CanaryState.Active);
        assertThat(state.canary().digest()).isEqualTo(WEIGHTS.digest());
        assertThat(state.canary().leaseDeadline()).isEqualTo(1_180_000);
        assertThat(state.canary().verifiedAt()).isEqualTo(NOW);
        assertThat(root.started()).containsExactly("qsc-apply@quantum-ai_engine.service apply");
        assertThat(HostFiles.read(root.files().lease(UNIT))).contains("lease uid-1 op-1 3 1180000 end\n");
        assertThat(HostFiles.read(root.files().request(UNIT)).orElseThrow()).isEqualTo("""
                        qsc-request 1
                        verb=apply
                        rollout=trading/patchtst
                        uid=uid-1
                        attempt=attempt-1
                        operation=op-1
                        sequence=1
                        epoch=3
                        holder=leader-a
                        step=0
                        model=patchtst
                        percent=10
                        old_digest=%s
                        weight=lgbm 0.225000
                        weight=nhits 0.450000
                        weight=patchtst 0.100000
                        weight=xgb 0.225000
                        lease_deadline=1180000
                        start_timeout_ms=600000
                        gate_events=342
                        cutover=2026-01-10T05:43:15Z
                        gate_at=2026-01-10T06:00:00Z
                        monitoring_seconds=21600
                        end
                        """.formatted(BASELINE_DIGEST));
    }

    @Test
    @DisplayName("never asks twice for the same operation")
    void repeated() {
        done(client.put(UNIT, canary(ROLLOUT, "op-1", 1, LEADER)));
        assertThat(done(client.put(UNIT, canary(ROLLOUT, "op-1", 1, LEADER))).state())
                .isEqualTo(CanaryState.Active);
        assertThat(root.started()).hasSize(1);
    }

    @Test
    @DisplayName("refuses another rollout's canary, at any epoch, while one is here")
    void occupied() {
        done(client.put(UNIT, canary(ROLLOUT, "op-1", 1, LEADER)));
        refused(client.put(UNIT, canary(OTHER, "op-9", 1, new Epoch(99, "z"))), Problem.Kind.OCCUPIED);
    }

    @Test
    @DisplayName("refuses an older leader, and another one of the same epoch")
    void fenced() {
        done(client.put(UNIT, canary(ROLLOUT, "op-1", 1, LEADER)));
        refused(client.renew(UNIT, renewal("op-1", new Epoch(2, "leader-a"), 1_060_000)), Problem.Kind.FENCED);
        refused(client.renew(UNIT, renewal("op-1", new Epoch(3, "leader-b"), 1_060_000)), Problem.Kind.FENCED);
        refused(client.put(UNIT, canary(ROLLOUT, "op-2", 2, new Epoch(2, "leader-a"))), Problem.Kind.FENCED);
    }

    @Test
    @DisplayName("renews a lease without starting anything, and never shortens it")
    void renews() {
        done(client.put(UNIT, canary(ROLLOUT, "op-1", 1, LEADER)));
        root.uptime("1060.00");
        assertThat(done(client.renew(UNIT, renewal("op-1", LEADER, 1_240_000))).boot())
                .isEqualTo(1_060_000);
        done(client.renew(UNIT, renewal("op-1", LEADER, 1_200_000)));
        assertThat(HostFiles.read(root.files().lease(UNIT))).contains("lease uid-1 op-1 3 1240000 end\n");
        assertThat(root.started()).as("only the canary itself").hasSize(1);
    }

    @Test
    @DisplayName("lets root remember a new leader before it honours its renewal")
    void newLeader() {
        done(client.put(UNIT, canary(ROLLOUT, "op-1", 1, LEADER)));
        done(client.renew(UNIT, renewal("op-1", new Epoch(4, "leader-b"), 1_100_000)));
        assertThat(root.started()).contains("qsc-record@quantum-ai_engine.service fence");
        assertThat(HostFiles.read(root.files().lease(UNIT))).contains("lease uid-1 op-1 4 1180000 end\n");
        refused(client.renew(UNIT, renewal("op-1", LEADER, 1_100_000)), Problem.Kind.FENCED);
    }

    @Test
    @DisplayName("honours no new leader that root did not remember")
    void unrecordedLeader() {
        done(client.put(UNIT, canary(ROLLOUT, "op-1", 1, LEADER)));
        root.deaf("inactive");
        refused(client.renew(UNIT, renewal("op-1", new Epoch(4, "leader-b"), 1_100_000)), Problem.Kind.HOST_ERROR);
        assertThat(HostFiles.read(root.files().lease(UNIT))).contains("lease uid-1 op-1 3 1180000 end\n");
    }

    @Test
    @DisplayName("revives no lease that has lapsed, and takes none from the past or from too far ahead")
    void leases() {
        done(client.put(UNIT, canary(ROLLOUT, "op-1", 1, LEADER)));
        root.uptime("1100.00");
        refused(client.renew(UNIT, renewal("op-1", LEADER, 1_099_000)), Problem.Kind.CONFLICT);
        assertThat(refused(client.renew(UNIT, renewal("op-1", LEADER, 1_300_000)), Problem.Kind.INVALID_REQUEST))
                .isEqualTo(
                        "the lease reaches 200000 ms ahead, and max_lease in units.d allows 180000: ask for less, or raise it there");
        root.uptime("1180.01");
        assertThat(done(client.unit(UNIT)).state()).isEqualTo(CanaryState.RollingBack);
        refused(client.renew(UNIT, renewal("op-1", LEADER, 1_200_000)), Problem.Kind.CONFLICT);
    }

    @Test
    @DisplayName("renews nothing once root has decided to go home")
    void homeward() {
        done(client.put(UNIT, canary(ROLLOUT, "op-1", 1, LEADER)));
        PretendRoot.put(root.files().homeward(UNIT), "operation=op-0\nend\n");
        done(client.renew(UNIT, renewal("op-1", LEADER, 1_100_000)));
        PretendRoot.put(root.files().homeward(UNIT), "operation=op-1\nmessage=the engine crashed\nend\n");
        assertThat(done(client.unit(UNIT)))
                .returns(CanaryState.RollingBack, UnitState::state)
                .returns("the engine crashed", UnitState::message);
        refused(client.renew(UNIT, renewal("op-1", LEADER, 1_100_000)), Problem.Kind.CONFLICT);
    }

    @Test
    @DisplayName("rolls back with the violations, each a harmless line, and buries what came before")
    void rollsBack() {
        done(client.put(UNIT, canary(ROLLOUT, "op-1", 1, LEADER)));
        RollbackRequest rollback = new RollbackRequest(
                ROLLOUT, new Operation("op-3", 3), "qsc_monitor_violation", List.of("Flat:\n\"x\"\\ (<0.05)\nend"));
        assertThat(done(client.rollBack(UNIT, rollback)).state()).isEqualTo(CanaryState.Home);
        assertThat(HostFiles.read(root.files().request(UNIT)).orElseThrow())
                .contains("trigger=qsc_monitor_violation\nviolation=Flat:  x   (<0.05) end\nend\n");
        assertThat(refused(client.put(UNIT, canary(ROLLOUT, "op-2", 2, LEADER)), Problem.Kind.TOMBSTONED))
                .isEqualTo("operations up to 3 were rolled back here, and this is 2");
        assertThat(done(client.rollBack(UNIT, rollback)).state()).isEqualTo(CanaryState.Home);
        assertThat(root.started()).as("the second rollback found all done").hasSize(2);
    }

    @Test
    @DisplayName("withdraws the lease when root cannot be asked to roll back")
    void rollbackRefused() {
        done(client.put(UNIT, canary(ROLLOUT, "op-1", 1, LEADER)));
        root.refuse("systemctl says: Access denied");
        assertThat(refused(client.rollBack(UNIT, rollback("op-3", 3)), Problem.Kind.HOST_ERROR))
                .contains("Access denied");
        assertThat(HostFiles.read(root.files().lease(UNIT))).contains("");
        assertThat(done(client.unit(UNIT)).state()).isEqualTo(CanaryState.RollingBack);
    }

    @Test
    @DisplayName("promotes a canary that was seen active, and forgets the old baseline when told to, once")
    void promotes() {
        done(client.put(UNIT, canary(ROLLOUT, "op-1", 1, LEADER)));
        PromoteRequest promotion =
                new PromoteRequest(ROLLOUT, new Operation("op-2", 2), LEADER, WEIGHTS.digest(), 1_100_000);
        refused(
                client.promote(
                        UNIT,
                        new PromoteRequest(ROLLOUT, new Operation("op-2", 2), LEADER, BASELINE_DIGEST, 1_100_000)),
                Problem.Kind.CONFLICT);
        assertThat(done(client.promote(UNIT, promotion)).state()).isEqualTo(CanaryState.Promoted);
        assertThat(done(client.promote(UNIT, promotion)).state()).isEqualTo(CanaryState.Promoted);
        refused(client.put(UNIT, canary(ROLLOUT, "op-3", 3, LEADER)), Problem.Kind.CONFLICT);
        ConfirmRequest confirmation = new ConfirmRequest(ROLLOUT, new Operation("op-2", 2), LEADER);
        assertThat(done(client.confirm(UNIT, confirmation)).canary()).isNull();
        assertThat(done(client.confirm(UNIT, confirmation)).state()).isEqualTo(CanaryState.Promoted);
        assertThat(root.started())
                .containsExactly(
                        "qsc-apply@quantum-ai_engine.service apply",
                        "qsc-promote@quantum-ai_engine.service promote",
                        "qsc-promote@quantum-ai_engine.service confirm");
    }

    @Test
    @DisplayName("notes a watch that ended well, for the canary that is here")
    void records() {
        MonitoringCompleted completed =
                new MonitoringCompleted(ROLLOUT, new Operation("op-1", 1), Duration.ofHours(6), 720);
        refused(client.record(UNIT, completed), Problem.Kind.CONFLICT);
        done(client.put(UNIT, canary(ROLLOUT, "op-1", 1, LEADER)));
        done(client.record(UNIT, completed));
        assertThat(root.started()).last().isEqualTo("qsc-record@quantum-ai_engine.service record");
        assertThat(HostFiles.read(root.files().request(UNIT)).orElseThrow())
                .contains("duration_seconds=21600\nchecks=720\nend\n");
    }

    @Test
    @DisplayName("refuses weights that were computed from another baseline")
    void otherBaseline() {
        PretendRoot.put(root.files().baseline(UNIT), "{\"xgb\":1}\n");
        refused(client.put(UNIT, canary(ROLLOUT, "op-1", 1, LEADER)), Problem.Kind.CONFLICT);
        assertThat(root.started()).isEmpty();
    }

    @Test
    @DisplayName("reports a request as arming while its helper runs, and as failed when it ended without a record")
    void pending() {
        root.deaf("failed");
        UnitState failed = done(client.put(UNIT, canary(ROLLOUT, "op-1", 1, LEADER)));
        assertThat(failed.state()).isEqualTo(CanaryState.Failed);
        assertThat(failed.operation()).isEqualTo(new UnitState.OperationRef("uid-1", "op-1", 1));
        assertThat(failed.message()).contains("journalctl -u qsc-apply@quantum-ai_engine.service");
        root.deaf("activating");
        assertThat(done(client.unit(UNIT)).state()).isEqualTo(CanaryState.Arming);
        root.deaf("failed");
        root.stale();
        assertThat(done(client.unit(UNIT)).state())
                .as("the failure of an older request")
                .isEqualTo(CanaryState.Idle);
    }

    @Test
    @DisplayName("guesses nothing from a record that is torn")
    void torn() {
        PretendRoot.put(root.files().armed(UNIT), "rollout=trading/patchtst\nuid=uid-1\n");
        assertThat(refused(client.unit(UNIT), Problem.Kind.HOST_ERROR)).endsWith("armed is torn");
    }

    @Test
    @DisplayName("asks for a rollback also when root's records cannot be read")
    void tornRollback() {
        PretendRoot.put(root.files().armed(UNIT), "torn");
        done(client.rollBack(UNIT, rollback("op-3", 3)));
        assertThat(root.started()).containsExactly("qsc-rollback@quantum-ai_engine.service rollback");
    }

    @Test
    @DisplayName("does not put a canary's request in the place of a rollback's that nobody read")
    void unreadRollback() {
        root.deaf("inactive");
        assertThat(refused(client.rollBack(UNIT, rollback("op-3", 3)), Problem.Kind.HOST_ERROR))
                .startsWith("root did not take the rollback, so the lease was withdrawn");
        refused(client.put(UNIT, canary(ROLLOUT, "op-4", 4, LEADER)), Problem.Kind.CONFLICT);
        assertThat(HostFiles.read(root.files().request(UNIT)).orElseThrow()).contains("verb=rollback\n");
    }

    @Test
    @DisplayName("asks again when what was buried is still here and does not go home")
    void buriedAlive() {
        done(client.put(UNIT, canary(ROLLOUT, "op-1", 1, LEADER)));
        PretendRoot.put(
                root.files().fences(UNIT).resolve("uid-1"),
                "uid=uid-1\nepoch=3\nholder=leader-a\ntombstone=3\nstate=Active\nend\n");
        done(client.rollBack(UNIT, rollback("op-3", 3)));
        assertThat(root.started()).last().isEqualTo("qsc-rollback@quantum-ai_engine.service rollback");
    }

    @Test
    @DisplayName("keeps a rollback's request small, however much was violated")
    void manyViolations() {
        RollbackRequest rollback = new RollbackRequest(
                ROLLOUT, new Operation("op-3", 3), "manual", Collections.nCopies(100, "\u754c".repeat(500)));
        done(client.rollBack(UNIT, rollback));
        assertThat(root.files().request(UNIT)).content(StandardCharsets.UTF_8).endsWith("\nend\n");
        assertThat(root.files().request(UNIT).toFile().length()).isLessThan(16 * 1024);
    }

    @Test
    @DisplayName("knows no unit that is not listed, whatever its name")
    void unlisted() {
        for (String unit : List.of("sshd.service", "../../etc/shadow", "a b.service", "", UNIT + "x", ".service")) {
            assertThat(client.unit(unit))
                    .as(unit)
                    .isInstanceOfSatisfying(
                            Answer.Refused.class,
                            answer -> assertThat(answer.problem().status()).isEqualTo(404));
        }
    }

    @Test
    @DisplayName("refuses a client of the right authority whose name is not on the list")
    void notListed() {
        Credentials stranger = pki.issue("stranger", "URI:spiffe://qsc.dev/operator2,DNS:operator");
        try (AgentClient other = client(stranger)) {
            await().until(() -> other.host() instanceof Answer.Refused);
            assertThat(refused(other.host(), Problem.Kind.NOT_AUTHORISED))
                    .isEqualTo("the client's certificate names operator, spiffe://qsc.dev/operator2,"
                            + " which agent.yaml does not list under clients");
        }
    }

    private AgentClient client(Credentials who) {
        return new AgentClient(server.uri(), null, who);
    }

    static CanaryRequest canary(RolloutRef rollout, String operation, long sequence, Epoch epoch) {
        return new CanaryRequest(
                rollout,
                "attempt-1",
                new Operation(operation, sequence),
                epoch,
                0,
                "patchtst",
                10,
                WEIGHTS,
                BASELINE_DIGEST,
                1_180_000,
                Duration.ofMinutes(10),
                new GateEvidence(342, Instant.parse("2026-01-10T05:43:15Z"), NOW, Duration.ofHours(6)));
    }

    static LeaseRenewal renewal(String operation, Epoch epoch, long deadline) {
        return new LeaseRenewal(ROLLOUT, operation, epoch, deadline);
    }

    static RollbackRequest rollback(String operation, long sequence) {
        return new RollbackRequest(ROLLOUT, new Operation(operation, sequence), "manual", List.of());
    }

    private static <T> T done(Answer<T> answer) {
        assertThat(answer).isInstanceOf(Answer.Done.class);
        return ((Answer.Done<T>) answer).value();
    }

    private static String refused(Answer<?> answer, Problem.Kind kind) {
        assertThat(answer).isInstanceOf(Answer.Refused.class);
        Problem problem = ((Answer.Refused<?>) answer).problem();
        assertThat(problem.is(kind)).as(problem.toString()).isTrue();
        return problem.detail();
    }
}
