package dev.qsc.operator.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qsc.agent.api.RolloutRef;
import dev.qsc.api.CanaryRolloutStatus;
import dev.qsc.api.Phase;
import dev.qsc.quality.Rule;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;

@Label("Whatever happens, the rollout machine")
class RolloutMachineProperties {
    private static final Set<Phase> SETTLED =
            Set.of(Phase.GateFailed, Phase.Failed, Phase.RolledBack, Phase.Promoted, Phase.DryRunPassed);

    @Property(tries = 150)
    @Label("has an answer that keeps every invariant")
    void invariants(@ForAll Random random) {
        Scene scene = scene(random);
        for (int i = 0; i < 200; i++) {
            somethingHappens(scene, random);
            CanaryRolloutStatus stored = scene.status;
            scene.host.tick(scene.now);
            boolean hadCanary = hasOurCanary(scene);
            Decision decision = scene.step();

            assertThat(decision.wakeAt()).isNotNull();
            assertThat(decision.status().conditions())
                    .extracting("type")
                    .doesNotHaveDuplicates()
                    .contains("Ready");
            assertThat(decision.commands().stream().map(HostCommand::host).collect(Collectors.toList()))
                    .doesNotHaveDuplicates();
            sentOnlyWhatIsStored(decision, stored);
            if (entered(Phase.RolledBack, stored, decision) && stored.phase() == Phase.RollingBack) {
                assertThat(hadCanary).as("home when called rolled back").isFalse();
            }
            if (entered(Phase.Promoted, stored, decision)) {
                assertThat(scene.host.baseline)
                        .isEqualTo(decision.status().canary().digestAfter());
            }
            scene.pass(Duration.ofMillis(random.nextInt(2_000)));
        }
    }

    @Property(tries = 80)
    @Label("brings a reachable host home when asked, from wherever it was")
    void alwaysHome(@ForAll Random random) {
        Scene scene = scene(random);
        for (int i = 0; i < random.nextInt(150); i++) {
            somethingHappens(scene, random);
            scene.step();
            scene.pass(Duration.ofMillis(random.nextInt(2_000)));
        }
        scene.host.isReachable = true;
        scene.host.isStuck = false;
        scene.isDeleted = true;

        for (int i = 0; i < 200 && !scene.step().release(); i++) {
            scene.pass(Duration.ofMillis(500));
        }

        assertThat(scene.decision.release()).isTrue();
        assertThat(hasOurCanary(scene)).isFalse();
    }

    private static Scene scene(Random random) {
        Scene scene = new Scene();
        if (random.nextBoolean()) {
            scene.change(Scene::continuous);
        }
        return scene;
    }

    private static boolean hasOurCanary(Scene scene) {
        return scene.host.canary != null && scene.host.canary.rollout().uid().equals(Scene.UID);
    }

    private static void sentOnlyWhatIsStored(Decision decision, CanaryRolloutStatus stored) {
        for (HostCommand command : decision.commands()) {
            switch (command) {
                case HostCommand.Put put ->
                    assertThat(put.request().operation().id())
                            .isEqualTo(stored.operation().id());
                case HostCommand.Promote promote ->
                    assertThat(promote.request().operation().id())
                            .isEqualTo(stored.operation().id());
                default -> assertThat(decision.intent()).isFalse();
            }
        }
    }

    private static boolean entered(Phase phase, CanaryRolloutStatus stored, Decision decision) {
        return stored != null && stored.phase() != phase && decision.status().phase() == phase;
    }

    private static void somethingHappens(Scene scene, Random random) {
        String attempt = scene.status == null ? "none" : scene.status.attemptId();
        switch (random.nextInt(60)) {
            case 0 -> scene.host.isReachable = !scene.host.isReachable;
            case 1 -> scene.check = Scene.fail(random.nextBoolean() ? Rule.FLAT : Rule.INVALID_PREDICTIONS);
            case 2 -> scene.check = Scene.notJudged();
            case 3, 4, 5 -> scene.check = Scene.pass();
            case 6 -> scene.check = new JudgeOutcome.Failed("away");
            case 7 -> scene.gate = Scene.gate(random.nextInt(400));
            case 8 -> scene.restartOperator();
            case 9 -> scene.annotations.put("qsc.dev/promote", attempt);
            case 10, 11 -> scene.annotations.put("qsc.dev/retry", attempt);
            case 12 -> scene.annotations.put("qsc.dev/rollback", Integer.toString(random.nextInt()));
            case 13 -> scene.change(s -> Scene.with(s, random.nextBoolean() ? "patchtst" : "nhits", false, false));
            case 14 -> scene.change(s -> Scene.with(s, s.model(), random.nextBoolean(), random.nextBoolean()));
            case 15 -> scene.host.goHome("by hand");
            case 16 -> scene.host.starts++;
            case 17 -> scene.host.isSlow = !scene.host.isSlow;
            case 18 -> scene.host.crashes = !scene.host.crashes;
            case 19 -> scene.host.isStuck = !scene.host.isStuck;
            case 20 -> scene.last = null;
            case 21 -> scene.pass(Duration.ofSeconds(random.nextInt(900)));
            case 22 -> scene.status = random.nextInt(10) == 0 ? null : scene.status;
            case 23 -> {
                if (scene.host.canary == null) {
                    scene.host.occupy(new RolloutRef("trading", "other", "other-uid"));
                }
            }
            case 24 -> {
                if (scene.status != null && SETTLED.contains(scene.status.phase())) {
                    scene.annotations.put("qsc.dev/retry", attempt);
                }
            }
            default -> {}
        }
    }
}
