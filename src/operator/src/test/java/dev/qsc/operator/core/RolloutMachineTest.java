package dev.qsc.operator.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qsc.agent.api.Problem;
import dev.qsc.agent.api.RolloutRef;
import dev.qsc.api.CanaryRollout;
import dev.qsc.api.CanaryRolloutSpec;
import dev.qsc.api.CanaryRolloutStatus.OperationKind;
import dev.qsc.api.Phase;
import dev.qsc.quality.Ensemble;
import dev.qsc.quality.GateResult;
import dev.qsc.quality.ModelFigures;
import dev.qsc.quality.ModelReport;
import dev.qsc.quality.Ratio;
import dev.qsc.quality.Rule;
import dev.qsc.quality.Violation;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("The rollout machine")
class RolloutMachineTest {
    private final Scene scene = new Scene();

    @Nested
    @DisplayName("on the way to a canary")
    class TowardsACanary {
        @Test
        @DisplayName("goes through the gate to a watched canary, and restarts the engine once")
        void happyPath() {
            scene.until(Phase.Monitoring);

            assertThat(scene.phases).containsExactly(Phase.Gating, Phase.Activating, Phase.Monitoring);
            assertThat(scene.host.starts).isEqualTo(2);
            assertThat(scene.status.canary().weightsAfter())
                    .containsEntry("patchtst", "0.100000")
                    .containsEntry("xgb", "0.225000")
                    .containsEntry("lgbm", "0.225000")
                    .containsEntry("nhits", "0.450000");
            assertThat(scene.ready().getStatus()).isEqualTo("True");
        }

        @Test
        @DisplayName("stores an operation, under lock and without a command, before it is sent")
        void intentFirst() {
            while (scene.sent(HostCommand.Put.class).isEmpty()) {
                var stored = scene.status == null ? null : scene.status.operation();
                Decision decision = scene.step();
                for (HostCommand command : decision.commands()) {
                    assertThat(((HostCommand.Put) command).request().operation().id())
                            .isEqualTo(stored.id());
                }
                if (decision.intent()) {
                    assertThat(decision.commands()).isEmpty();
                }
                scene.pass(Duration.ofMillis(500));
            }
        }

        @Test
        @DisplayName("waits below 200 events, says for how many, and touches nothing")
        void tooFewEvents() {
            scene.gate = Scene.gate(199);

            scene.forAWhile(Duration.ofMinutes(1));

            assertThat(scene.status.phase()).isEqualTo(Phase.Gating);
            assertThat(scene.ready().getReason()).isEqualTo("InsufficientEvidence");
            assertThat(scene.ready().getMessage())
                    .contains("199")
                    .contains("200")
                    .contains("waits until");
            assertThat(scene.sent).isEmpty();
        }

        @Test
        @DisplayName("fails the gate when evidence does not come in time")
        void gateTimesOut() {
            scene.gate = Scene.gate(199);
            scene.until(Phase.Gating);

            scene.pass(Duration.ofHours(6));
            scene.forAWhile(Duration.ofSeconds(5));

            assertThat(scene.status.phase()).isEqualTo(Phase.GateFailed);
            assertThat(scene.ready().getReason()).isEqualTo("GateTimeout");
            assertThat(scene.condition("Stalled")).isPresent();
        }

        @Test
        @DisplayName("names the cause and keeps waiting when the telemetry cannot be read")
        void telemetryAway() {
            scene.gate = new JudgeOutcome.Failed("Redis at 127.0.0.1:6379 refuses connections: start it");

            scene.forAWhile(Duration.ofSeconds(10));

            assertThat(scene.status.phase()).isEqualTo(Phase.Gating);
            assertThat(scene.ready().getReason()).isEqualTo("TelemetryUnavailable");
            assertThat(scene.ready().getMessage()).contains("refuses connections");
            assertThat(scene.sent).isEmpty();
        }

        @Test
        @DisplayName("passes the gate once the telemetry is back")
        void telemetryBack() {
            scene.gate = new JudgeOutcome.Failed("away");
            scene.forAWhile(Duration.ofSeconds(10));
            scene.gate = Scene.gate(200);

            scene.until(Phase.Monitoring);
        }

        @Test
        @DisplayName("refuses activation when the monitor's first check would roll back")
        void monitorWouldFail() {
            scene.gate = gateWithEnsembleViolation();

            scene.until(Phase.GateFailed);

            assertThat(scene.ready().getReason()).isEqualTo("MonitorWouldFail");
            assertThat(scene.ready().getMessage()).contains("agreement=91.0%").contains(">80%");
            assertThat(scene.sent).isEmpty();
        }

        @Test
        @DisplayName("keeps the status small, whatever models events name")
        void bounded() {
            scene.gate = gateWithModels(IntStream.range(0, 200)
                    .mapToObj(i -> i + "x".repeat(10_000))
                    .toList());

            scene.until(Phase.GateFailed);

            assertThat(scene.status.gate().models()).hasSize(64);
            assertThat(scene.status.violations()).hasSize(50);
            assertThat(scene.status.toString()).hasSizeLessThan(300_000);
        }

        @Test
        @DisplayName("ends a dry run after the gate, and goes on when the dry run is taken back")
        void dryRun() {
            scene.change(s -> Scene.with(s, "patchtst", true, false));
            scene.until(Phase.DryRunPassed).forAWhile(Duration.ofSeconds(30));
            assertThat(scene.sent).isEmpty();
            assertThat(scene.ready().getStatus()).isEqualTo("True");

            scene.change(s -> Scene.with(s, "patchtst", false, false));
            scene.until(Phase.Monitoring);
        }

        @Test
        @DisplayName("does not activate while it is paused")
        void paused() {
            scene.change(s -> Scene.with(s, "patchtst", false, true));

            scene.until(Phase.Gating).forAWhile(Duration.ofMinutes(1));

            assertThat(scene.sent).isEmpty();
            assertThat(scene.condition("Paused")).isPresent();
        }

        @Test
        @DisplayName("waits for a host that cannot be seen, and says why")
        void hostAway() {
            scene.host.isReachable = false;

            scene.forAWhile(Duration.ofSeconds(10));

            assertThat(scene.status.phase()).isEqualTo(Phase.Pending);
            assertThat(scene.ready().getReason()).isEqualTo("HostNotReady");
            assertThat(scene.ready().getMessage()).contains("host-a").contains("nothing accepts connections");
        }

        @Test
        @DisplayName("waits while another rollout has its canary on the unit")
        void occupied() {
            scene.host.occupy(new RolloutRef("trading", "other", "other-uid"));

            scene.forAWhile(Duration.ofSeconds(10));

            assertThat(scene.status.phase()).isEqualTo(Phase.Pending);
            assertThat(scene.ready().getMessage()).contains("trading/other");
            assertThat(scene.sent).isEmpty();
        }

        @Test
        @DisplayName("refuses a baseline that holds only the canary")
        void onlyTheCanary() {
            scene.host.weights = Map.of("patchtst", BigDecimal.ONE);

            scene.until(Phase.GateFailed);

            assertThat(scene.ready().getReason()).isEqualTo("InvalidWeights");
        }

        @Test
        @DisplayName("judges again when the engine restarted between gate and activation")
        void restartedSinceTheGate() {
            scene.until(Phase.Activating);
            scene.host.starts++;

            scene.step();

            assertThat(scene.status.phase()).isEqualTo(Phase.Gating);
            assertThat(scene.sent).isEmpty();
            scene.until(Phase.Monitoring);
        }

        @Test
        @DisplayName("judges again when the gate is older than ten minutes")
        void staleGate() {
            scene.until(Phase.Activating);
            scene.pass(RolloutMachine.GATE_VALIDITY);

            scene.step();

            assertThat(scene.status.phase()).isEqualTo(Phase.Gating);
        }

        @Test
        @DisplayName("fails without a rollback when the host refuses and was not touched")
        void refused() {
            scene.host.refusesPut = Problem.Kind.CONFLICT.detail("the baseline is another one");

            scene.until(Phase.Failed);

            assertThat(scene.ready().getMessage()).contains("the baseline is another one");
            assertThat(scene.sent(HostCommand.RollBack.class)).isEmpty();
        }

        @Test
        @DisplayName("rolls back when the engine crashes at the start")
        void crash() {
            scene.host.crashes = true;

            scene.until(Phase.RolledBack);

            assertThat(scene.ready().getMessage()).contains("activation_failed").contains("crashed");
        }

        @Test
        @DisplayName("rolls back when the engine is not active within the start time-out")
        void tooSlow() {
            scene.host.isSlow = true;

            scene.until(Phase.RolledBack);

            assertThat(scene.host.canary).isNull();
        }

        @Test
        @DisplayName("renews the lease while a slow engine starts")
        void slowButAlive() {
            scene.host.isSlow = true;
            scene.until(Phase.Activating).forAWhile(Duration.ofSeconds(30));
            assertThat(scene.host.canary).isNotNull();

            scene.host.becomeActive();
            scene.until(Phase.Monitoring);
        }
    }

    @Nested
    @DisplayName("while the canary runs")
    class Watching {
        @Test
        @DisplayName("completes the step after its judged slots, and watches on until somebody promotes")
        void completes() {
            scene.until(Phase.AwaitingPromotion);
            assertThat(scene.status.canary().slots().judged()).isEqualTo(30);

            scene.forAWhile(Duration.ofMinutes(2));

            assertThat(scene.status.phase()).isEqualTo(Phase.AwaitingPromotion);
            assertThat(scene.status.display().checks()).isEqualTo("30/30");
            assertThat(scene.host.starts).isEqualTo(2);
            assertThat(scene.sent(HostCommand.Conclude.class)).isNotEmpty();
            scene.check = Scene.fail(Rule.FLAT);
            scene.until(Phase.RolledBack);
        }

        @ParameterizedTest(name = "{0}")
        @EnumSource(
                value = Rule.class,
                names = {"FLAT", "ACTION_COLLAPSE", "INVALID_PREDICTIONS", "TELEMETRY_LOST", "HARD_DISAGREE"})
        @DisplayName("rolls back on a single violation: ")
        void violation(Rule rule) {
            scene.until(Phase.Monitoring).forAWhile(Duration.ofSeconds(3));
            scene.check = Scene.fail(rule);

            scene.until(Phase.RollingBack);

            assertThat(scene.sent.getLast()).isInstanceOf(HostCommand.RollBack.class);
            assertThat(scene.status.violations()).hasSize(1);
            assertThat(scene.status.canary().lastCheck().verdict()).isEqualTo("NO-GO");
            scene.until(Phase.RolledBack);
            assertThat(scene.host.baseline).isEqualTo(SimulatedHost.BASELINE);
            assertThat(scene.condition("RollbackVerified").orElseThrow().getStatus())
                    .isEqualTo("True");
        }

        @Test
        @DisplayName("sends the rollback in the decision that finds the violation, without an intent")
        void rollbackWaitsForNothing() {
            scene.until(Phase.Monitoring);
            scene.check = Scene.fail(Rule.FLAT);
            while (scene.status.phase() == Phase.Monitoring) {
                scene.pass(Duration.ofMillis(500));
                scene.step();
            }

            assertThat(scene.decision.intent()).isFalse();
            assertThat(scene.decision.commands()).singleElement().isInstanceOf(HostCommand.RollBack.class);
        }

        @Test
        @DisplayName("tolerates three checks in a row that could not be made, and rolls back at the fourth")
        void judgeErrors() {
            scene.until(Phase.Monitoring).forAWhile(Duration.ofSeconds(3));
            scene.check = new JudgeOutcome.Failed("Redis is away");
            scene.forAWhile(Duration.ofMillis(3200));
            assertThat(scene.status.phase()).isEqualTo(Phase.Monitoring);

            scene.forAWhile(Duration.ofSeconds(4));

            assertThat(scene.status.phase()).isEqualTo(Phase.RolledBack);
            assertThat(scene.status.violations().getFirst().reason()).isEqualTo("JUDGE_ERROR");
        }

        @Test
        @DisplayName("rolls back as inconclusive when no check can judge until the warm-up ends")
        void inconclusive() {
            scene.check = Scene.notJudged();

            scene.until(Phase.RolledBack);

            assertThat(scene.status.rollback().trigger()).isEqualTo("qsc_monitor_inconclusive");
        }

        @Test
        @DisplayName(
                "calls a host lost when no renewal was acknowledged for the lease, and is home only when it was seen")
        void hostLost() {
            scene.until(Phase.Monitoring).forAWhile(Duration.ofSeconds(3));
            scene.host.isReachable = false;

            scene.forAWhile(Duration.ofSeconds(8));
            assertThat(scene.status.phase()).isEqualTo(Phase.RollingBack);
            assertThat(scene.status.violations().getFirst().reason()).isEqualTo("HOST_LOST");

            scene.forAWhile(Duration.ofSeconds(75));
            assertThat(scene.ready().getReason()).isEqualTo("RollbackUnverified");
            assertThat(scene.condition("Stalled")).isPresent();
            assertThat(scene.condition("Reconciling")).isEmpty();

            scene.host.isReachable = true;
            scene.until(Phase.RolledBack);
        }

        @Test
        @DisplayName("rolls back when the engine was started anew by somebody else")
        void restarted() {
            scene.until(Phase.Monitoring).forAWhile(Duration.ofSeconds(3));
            scene.host.starts++;

            scene.until(Phase.RolledBack);

            assertThat(scene.status.violations().getFirst().reason()).isEqualTo("ENGINE_RESTARTED");
        }

        @Test
        @DisplayName("rolls back when somebody stopped the engine")
        void stopped() {
            scene.until(Phase.Monitoring).forAWhile(Duration.ofSeconds(3));
            scene.host.activeState = "inactive";

            scene.until(Phase.RolledBack);

            assertThat(scene.status.violations().getFirst().message()).contains("inactive");
            assertThat(scene.status.display().verdict()).isEqualTo("NO-GO");
        }

        @Test
        @DisplayName("notices that a host went home on its own")
        void canaryLost() {
            scene.until(Phase.Monitoring).forAWhile(Duration.ofSeconds(3));
            scene.host.goHome("rolled back by hand");

            scene.until(Phase.RolledBack);

            assertThat(scene.status.violations().getFirst().reason()).isEqualTo("CANARY_LOST");
        }

        @Test
        @DisplayName("lets the leases end when no check finishes")
        void stuckJudge() {
            scene.until(Phase.Monitoring).forAWhile(Duration.ofSeconds(3));
            scene.check = null;
            JudgeReport stale = scene.report;
            int renewals = scene.sent(HostCommand.Renew.class).size();
            for (int i = 0; i < 40 && scene.status.phase() == Phase.Monitoring; i++) {
                scene.report = stale;
                scene.step();
                scene.report = stale;
                scene.pass(Duration.ofMillis(500));
            }

            assertThat(scene.sent(HostCommand.Renew.class).size() - renewals).isLessThanOrEqualTo(3);
            assertThat(scene.status.violations().getFirst().reason()).isEqualTo("CANARY_LOST");
        }

        @Test
        @DisplayName(
                "goes on after a restart of the operator, with a higher epoch and without another restart of the engine")
        void operatorRestart() {
            scene.until(Phase.Monitoring).forAWhile(Duration.ofSeconds(10));
            long judged = scene.status.canary().slots().judged();
            scene.restartOperator();
            scene.pass(Duration.ofSeconds(2));

            scene.until(Phase.AwaitingPromotion);

            assertThat(judged).isPositive();
            assertThat(scene.host.starts).isEqualTo(2);
            assertThat(scene.status.epoch().number()).isEqualTo(2);
            assertThat(scene.sent(HostCommand.Put.class)).hasSize(1);
        }

        @Test
        @DisplayName("stands back when a host knows a newer leader")
        void fenced() {
            scene.until(Phase.Monitoring).forAWhile(Duration.ofSeconds(2));
            scene.host.knowsEpoch(7, "somebody-else");
            int sent = scene.sent.size();

            scene.step();

            assertThat(scene.sent).hasSize(sent);
            assertThat(scene.ready().getReason()).isEqualTo("Fenced");
        }

        @Test
        @DisplayName("does not write the status on each check of a long step")
        void quietStatus() {
            scene.change(RolloutMachineTest::sixHours);
            scene.until(Phase.Monitoring).forAWhile(Duration.ofMinutes(3));
            int changes = 0;
            for (int i = 0; i < 600; i++) {
                var before = scene.status;
                scene.check = Scene.agreeing(60 + i % 10);
                scene.step();
                changes += before.equals(scene.status) ? 0 : 1;
                scene.pass(Duration.ofSeconds(1));
            }

            assertThat(changes).isBetween(3, 8);
        }

        @Test
        @DisplayName("shows in the status where the ensemble stands, at once when a standing turned")
        void scoreboard() {
            scene.change(RolloutMachineTest::sixHours);
            scene.check = Scene.agreeing(63);
            scene.until(Phase.Monitoring).forAWhile(Duration.ofSeconds(2));
            assertThat(scene.status.canary().scoreboard().overall()).isEqualTo("ALL-GO");
            assertThat(scene.status.canary().scoreboard().agreement()).isEqualTo("63.0");

            scene.check = Scene.notJudged();
            scene.forAWhile(Duration.ofSeconds(31));

            assertThat(scene.status.canary().scoreboard().overall()).isEqualTo("WAIT");
        }

        @Test
        @DisplayName("watches on while it is paused, and refuses a promotion")
        void paused() {
            scene.until(Phase.AwaitingPromotion);
            scene.change(s -> Scene.with(s, "patchtst", false, true));
            scene.annotations.put("qsc.dev/promote", scene.status.attemptId());

            scene.forAWhile(Duration.ofSeconds(20));

            assertThat(scene.status.phase()).isEqualTo(Phase.AwaitingPromotion);
            assertThat(scene.notices).anyMatch(n -> n.reason() == Reason.CommandRefused);
            assertThat(scene.host.canary).isNotNull();
        }
    }

    @Nested
    @DisplayName("in mode Continuous")
    class Continuous {
        private static final Duration SLOT = Duration.ofSeconds(10);

        private void watch(int failures, int of) {
            scene.change(s -> Scene.continuous(lasting(s, "10m"), "10s", failures, of));
            scene.until(Phase.Monitoring).forAWhile(SLOT.plusSeconds(5));
        }

        private List<JudgeOrder.Check> checks() {
            return scene.orders.stream()
                    .filter(JudgeOrder.Check.class::isInstance)
                    .map(JudgeOrder.Check.class::cast)
                    .toList();
        }

        @Test
        @DisplayName("counts slots, and makes checks, as in mode Interval while all is well")
        void sameSlots() {
            watch(1, 1);
            scene.forAWhile(SLOT.multipliedBy(9));

            assertThat(scene.memory.watch().slots().judged()).isEqualTo(11);
            assertThat(scene.memory.watch().slots().unjudged()).isZero();
            assertThat(checks()).hasSize(11);
        }

        @Test
        @DisplayName("counts a slot as judged that gets its samples, or its telemetry back, in the middle")
        void lateEvidence() {
            watch(1, 1);
            scene.check = Scene.notJudged();
            scene.forAWhile(SLOT);
            long judged = scene.memory.watch().slots().judged();

            scene.check = Scene.pass();
            scene.forAWhile(Duration.ofSeconds(1));

            assertThat(scene.memory.watch().slots().judged()).isEqualTo(judged + 1);
            assertThat(scene.memory.watch().slots().unjudged()).isZero();
        }

        @Test
        @DisplayName("rolls back in the middle of a slot")
        void middleOfSlot() {
            watch(1, 1);
            scene.check = Scene.fail(Rule.FLAT);

            scene.forAWhile(Duration.ofSeconds(1));

            assertThat(scene.sent(HostCommand.RollBack.class)).isNotEmpty();
            assertThat(scene.status.violations().getFirst().reason()).isEqualTo("patchtst:FLAT");
        }

        @Test
        @DisplayName("counts a tolerated failure once in a slot, however long it lasts")
        void tolerated() {
            watch(2, 3);
            int before = checks().size();
            scene.check = Scene.fail(Rule.FLAT);

            scene.forAWhile(Duration.ofSeconds(3));
            assertThat(scene.status.phase()).isEqualTo(Phase.Monitoring);
            assertThat(checks()).hasSize(before + 1);

            scene.forAWhile(Duration.ofSeconds(4));
            assertThat(scene.status.phase()).isEqualTo(Phase.RolledBack);
            assertThat(checks()).hasSize(before + 2);
        }

        @Test
        @DisplayName("rolls back at once on what is never tolerated, also in a slot with a tolerated failure")
        void neverTolerated() {
            watch(2, 3);
            scene.check = Scene.fail(Rule.FLAT);
            scene.forAWhile(Duration.ofSeconds(1));
            scene.check = Scene.fail(Rule.INVALID_PREDICTIONS);

            scene.forAWhile(Duration.ofSeconds(1));

            assertThat(scene.sent(HostCommand.RollBack.class)).isNotEmpty();
        }

        @Test
        @DisplayName("counts telemetry that cannot be read once in an interval, and rolls back at the fourth time")
        void judgeErrors() {
            watch(1, 1);
            scene.check = new JudgeOutcome.Failed("Redis is away");

            scene.forAWhile(SLOT.multipliedBy(3));
            assertThat(scene.status.phase()).isEqualTo(Phase.Monitoring);

            scene.forAWhile(SLOT);
            assertThat(scene.status.violations().getFirst().reason()).isEqualTo("JUDGE_ERROR");
        }

        @Test
        @DisplayName("lets the leases end when a vigil does not")
        void stuckVigil() {
            watch(1, 1);
            JudgeOrder vigil = scene.order;
            scene.check = null;
            assertThat(vigil).isInstanceOf(JudgeOrder.Check.class);
            int renewals = scene.sent(HostCommand.Renew.class).size();

            for (int i = 0; i < 600 && scene.status.phase() == Phase.Monitoring; i++) {
                JudgeReport before = scene.report;
                scene.step();
                scene.order = vigil;
                scene.report = before;
                scene.pass(Duration.ofMillis(500));
            }

            assertThat(scene.sent(HostCommand.Renew.class).size() - renewals).isLessThanOrEqualTo(2);
            assertThat(scene.status.violations().getFirst().reason()).isEqualTo("CANARY_LOST");
        }

        @Test
        @DisplayName("takes a vigil's end for the next slot's check after a restart of the operator as well")
        void restart() {
            watch(1, 1);
            scene.forAWhile(SLOT.multipliedBy(3));
            long judged = scene.status.canary().slots().judged();
            scene.restartOperator();

            scene.forAWhile(SLOT.multipliedBy(2));

            assertThat(scene.memory.watch().slots().judged()).isEqualTo(judged + 2);
            assertThat(scene.memory.watch().slots().unjudged()).isZero();
        }

        @Test
        @DisplayName("needs no judge any more as soon as it goes home")
        void lettingGo() {
            watch(1, 1);
            assertThat(scene.decision.isJudging()).isTrue();
            scene.annotations.put("qsc.dev/rollback", "now");

            assertThat(scene.step().isJudging()).isFalse();
        }
    }

    @Nested
    @DisplayName("asked by people")
    class Commands {
        @Test
        @DisplayName("promotes once, and forgets the old baseline only after every host is promoted")
        void promotes() {
            scene.until(Phase.AwaitingPromotion);
            String digest = scene.status.canary().digestAfter();
            scene.annotations.put("qsc.dev/promote", scene.status.attemptId());

            scene.until(Phase.Promoted).forAWhile(Duration.ofMinutes(1));

            assertThat(scene.status.phase()).isEqualTo(Phase.Promoted);
            assertThat(scene.host.baseline).isEqualTo(digest);
            assertThat(scene.host.starts).isEqualTo(3);
            assertThat(scene.sent(HostCommand.Confirm.class)).isNotEmpty();
            assertThat(scene.condition("Promoted").orElseThrow().getStatus()).isEqualTo("True");
        }

        @Test
        @DisplayName("promotes only after the end of the watch is in the ledger, and says so")
        void recordsFirst() {
            scene.host.hasFullDisk = true;
            scene.until(Phase.AwaitingPromotion);
            scene.annotations.put("qsc.dev/promote", scene.status.attemptId());

            scene.forAWhile(Duration.ofSeconds(10));
            assertThat(scene.status.phase()).isEqualTo(Phase.AwaitingPromotion);
            assertThat(scene.ready().getMessage()).contains("must be in the ledger of host-a");

            scene.host.hasFullDisk = false;
            scene.until(Phase.Promoted);
        }

        @Test
        @DisplayName("refuses a promotion that names another attempt, and does not queue it")
        void stalePromotion() {
            scene.annotations.put("qsc.dev/promote", "feedfacecafe");
            scene.until(Phase.AwaitingPromotion).forAWhile(Duration.ofSeconds(5));

            assertThat(scene.status.phase()).isEqualTo(Phase.AwaitingPromotion);
            assertThat(scene.notices)
                    .filteredOn(n -> n.reason() == Reason.CommandRefused)
                    .singleElement()
                    .satisfies(n -> assertThat(n.message()).contains("feedfacecafe"));
        }

        @Test
        @DisplayName("refuses a promotion before the step is complete, and takes it when it is given again")
        void earlyPromotion() {
            scene.until(Phase.Monitoring);
            scene.annotations.put("qsc.dev/promote", scene.status.attemptId());

            scene.until(Phase.AwaitingPromotion).forAWhile(Duration.ofSeconds(5));
            assertThat(scene.status.phase()).isEqualTo(Phase.AwaitingPromotion);

            scene.annotations.remove("qsc.dev/promote");
            scene.step();
            scene.annotations.put("qsc.dev/promote", scene.status.attemptId());
            scene.until(Phase.Promoted);
        }

        @Test
        @DisplayName("rolls back at once when asked, once per value")
        void rollback() {
            scene.until(Phase.Monitoring);
            scene.annotations.put("qsc.dev/rollback", "please");

            scene.until(Phase.RolledBack).forAWhile(Duration.ofSeconds(30));

            assertThat(scene.status.phase()).isEqualTo(Phase.RolledBack);
            assertThat(scene.status.rollback().trigger()).isEqualTo("manual");
        }

        @Test
        @DisplayName("stays rolled back until somebody says retry with the current attempt id")
        void retry() {
            scene.until(Phase.Monitoring);
            scene.check = Scene.fail(Rule.FLAT);
            scene.until(Phase.RolledBack).forAWhile(Duration.ofMinutes(5));
            String first = scene.status.attemptId();
            assertThat(scene.status.phase()).isEqualTo(Phase.RolledBack);

            scene.check = Scene.pass();
            scene.annotations.put("qsc.dev/retry", first);
            scene.until(Phase.Monitoring);

            assertThat(scene.status.attempt()).isEqualTo(2);
            assertThat(scene.status.attemptId()).isNotEqualTo(first);
            assertThat(scene.status.history()).hasSize(1);
        }

        @Test
        @DisplayName("prefers a rollback to a promotion that comes with it")
        void rollbackBeatsPromotion() {
            scene.until(Phase.AwaitingPromotion);
            scene.annotations.put("qsc.dev/promote", scene.status.attemptId());
            scene.annotations.put("qsc.dev/rollback", "now");

            scene.until(Phase.RolledBack).forAWhile(Duration.ofSeconds(5));

            assertThat(scene.status.phase()).isEqualTo(Phase.RolledBack);
            assertThat(scene.sent(HostCommand.Promote.class)).isEmpty();
        }
    }

    @Nested
    @DisplayName("when the world changes")
    class Interruptions {
        @Test
        @DisplayName("brings the host home before it lets a deleted rollout go")
        void deletion() {
            scene.until(Phase.Monitoring);
            scene.isDeleted = true;

            while (!scene.step().release()) {
                assertThat(scene.decision.status().phase()).isEqualTo(Phase.RollingBack);
                scene.pass(Duration.ofMillis(500));
            }

            assertThat(scene.host.canary).isNull();
        }

        @Test
        @DisplayName("lets a deleted rollout go when an unseen host's lease ended a minute ago, and not before")
        void deletionOfALostHost() {
            scene.until(Phase.Monitoring);
            scene.host.isReachable = false;
            scene.isDeleted = true;
            scene.forAWhile(Duration.ofSeconds(60));
            assertThat(scene.decision.release()).isFalse();

            scene.forAWhile(Duration.ofSeconds(10));

            assertThat(scene.decision.release()).isTrue();
        }

        @Test
        @DisplayName("lets a deleted rollout without a canary go at once")
        void deletionWithoutCanary() {
            scene.until(Phase.Gating);
            scene.isDeleted = true;

            assertThat(scene.step().release()).isTrue();
        }

        @Test
        @DisplayName("rolls back first when the spec changes under a canary, then starts from the gate")
        void specChange() {
            scene.until(Phase.Monitoring);
            scene.phases.clear();
            scene.change(s -> Scene.with(s, "nhits", false, false));

            scene.until(Phase.RollingBack).until(Phase.Monitoring);

            assertThat(scene.phases)
                    .containsExactly(
                            Phase.RollingBack, Phase.Pending, Phase.Gating, Phase.Activating, Phase.Monitoring);
            assertThat(scene.status.canary().model()).isEqualTo("nhits");
        }

        @Test
        @DisplayName("begins another attempt when the mode changes")
        void modeChange() {
            scene.until(Phase.Monitoring);
            scene.change(Scene::continuous);

            scene.until(Phase.RollingBack).until(Phase.Monitoring);

            assertThat(scene.status.history()).hasSize(1);
        }

        @Test
        @DisplayName("still looks at the host with the canary when the spec names another one")
        void otherHost() {
            scene.until(Phase.Monitoring);
            CanaryRollout rollout = scene.observation().rollout();
            rollout.setSpec(onHost("host-b", scene.spec));

            assertThat(RolloutMachine.hosts(rollout)).containsExactly("host-b", "host-a");
        }

        @Test
        @DisplayName("keeps the canary when only the pause changes")
        void pauseIsNoNewAttempt() {
            scene.until(Phase.Monitoring);
            String attempt = scene.status.attemptId();
            scene.change(s -> Scene.with(s, "patchtst", false, true));

            scene.forAWhile(Duration.ofSeconds(5));

            assertThat(scene.status.attemptId()).isEqualTo(attempt);
            assertThat(scene.host.canary).isNotNull();
        }

        @Test
        @DisplayName("takes out a canary that its status knows nothing of")
        void lostStatus() {
            scene.until(Phase.Monitoring);
            scene.status = null;
            scene.memory = null;

            scene.until(Phase.RolledBack);

            assertThat(scene.status.rollback().trigger()).isEqualTo("stray_canary");
            assertThat(scene.host.canary).isNull();
        }

        @Test
        @DisplayName("does not call a rollback done that its host did not prove")
        void stuckRollback() {
            scene.until(Phase.Monitoring);
            scene.host.isStuck = true;
            scene.annotations.put("qsc.dev/rollback", "now");

            scene.forAWhile(Duration.ofSeconds(30));

            assertThat(scene.status.phase()).isEqualTo(Phase.RollingBack);
            assertThat(scene.status.operation().kind()).isEqualTo(OperationKind.Rollback);
        }
    }

    private static CanaryRolloutSpec onHost(String host, CanaryRolloutSpec s) {
        CanaryRolloutSpec.Engine e = s.engine();
        return new CanaryRolloutSpec(
                s.model(),
                new CanaryRolloutSpec.Engine(
                        e.unit(), List.of(host), e.maxUnavailable(), e.startTimeout(), e.acknowledge()),
                s.baseline(),
                s.steps(),
                s.cutover(),
                s.telemetry(),
                s.gate(),
                s.monitor(),
                s.thresholds(),
                s.rollback(),
                s.promotion(),
                s.readyWhen(),
                s.dryRun(),
                s.paused());
    }

    private static CanaryRolloutSpec sixHours(CanaryRolloutSpec s) {
        return lasting(s, "6h");
    }

    private static CanaryRolloutSpec lasting(CanaryRolloutSpec s, String duration) {
        CanaryRolloutSpec.Monitor m = s.monitor();
        return new CanaryRolloutSpec(
                s.model(),
                s.engine(),
                s.baseline(),
                List.of(new CanaryRolloutSpec.Step(10, duration, null)),
                s.cutover(),
                s.telemetry(),
                s.gate(),
                new CanaryRolloutSpec.Monitor(
                        "30s",
                        m.window(),
                        m.minSamples(),
                        m.failures(),
                        m.of(),
                        m.warmup(),
                        m.noDataTimeout(),
                        m.minVoters(),
                        m.models(),
                        m.mode()),
                s.thresholds(),
                new CanaryRolloutSpec.Rollback("3m"),
                s.promotion(),
                s.readyWhen(),
                s.dryRun(),
                s.paused());
    }

    /** Each with one prediction, which is invalid. */
    private static JudgeOutcome gateWithModels(List<String> names) {
        var good = ((JudgeOutcome.GateJudged) Scene.gate(250)).result();
        var models = names.stream()
                .map(name -> new ModelReport(
                        new ModelFigures(name, 1, Optional.empty(), Map.of()),
                        List.of(Violation.of(Rule.INVALID_PREDICTIONS, name, "1 of 1", ">0"))))
                .toList();
        return new JudgeOutcome.GateJudged(
                new GateResult(good.counters(), models, Optional.empty(), List.of(), List.of(), 200),
                Duration.ofMinutes(5));
    }

    private static JudgeOutcome gateWithEnsembleViolation() {
        var good = ((JudgeOutcome.GateJudged) Scene.gate(250)).result();
        var ensemble = new Ensemble(250, Ratio.of(91, 100), Ratio.of(1, 100));
        return new JudgeOutcome.GateJudged(
                new GateResult(
                        good.counters(),
                        List.of(),
                        Optional.of(ensemble),
                        List.of(),
                        List.of(Violation.of(Rule.AGREEMENT_HIGH, "agreement=91.0%", ">80%")),
                        200),
                Duration.ofMinutes(5));
    }
}
