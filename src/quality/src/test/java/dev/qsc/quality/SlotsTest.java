package dev.qsc.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qsc.quality.Watch.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One letter is one check, made in the middle of its slot: see {@link #run}. */
@DisplayName("A step's time")
class SlotsTest {
    private static final Instant T0 = Instant.parse("2026-01-10T12:00:00Z");
    private static final Duration INTERVAL = Duration.ofSeconds(30);
    private static final CheckReport REPORT = new CheckReport(Counters.NONE, List.of(), Optional.empty(), List.of());
    private static final CheckResult PASS = new CheckResult.Pass(REPORT);
    private static final CheckResult WAIT = new CheckResult.NotJudged("too few", REPORT);
    private static final CheckResult ERROR = new CheckResult.JudgeError("Redis is away");
    private static final CheckResult FAIL = fail(Violation.of(Rule.FLAT, "canary", "conf_std=0.0412", "<0.05"));
    private static final CheckResult NAN = fail(Violation.of(Rule.INVALID_PREDICTIONS, "canary", "1 of 9", ">0"));

    private static CheckResult fail(Violation violation) {
        return new CheckResult.Fail(List.of(violation), REPORT);
    }

    private static Slots.Plan plan(int slots) {
        Duration duration = INTERVAL.multipliedBy(slots);
        return new Slots.Plan(T0, INTERVAL, duration, duration);
    }

    private static Instant inSlot(long slot) {
        return T0.plus(INTERVAL.multipliedBy(slot)).plusSeconds(15);
    }

    /**
     * Makes checks slot by slot: P passed, w not judged, e error, F failed, N failed on NaN, a point nobody watched; +
     * after a check: the next one is in the same slot.
     */
    private static Watch.Next run(Watch watch, long firstSlot, String checks) {
        Watch.Next next = new Watch.Next(watch, new Decision.GoOn());
        long slot = firstSlot;
        for (int i = 0; i < checks.length(); i++) {
            CheckResult result =
                    switch (checks.charAt(i)) {
                        case 'P' -> PASS;
                        case 'w' -> WAIT;
                        case 'e' -> ERROR;
                        case 'F' -> FAIL;
                        case 'N' -> NAN;
                        default -> null;
                    };
            if (result != null) {
                assertThat(next.decision()).as("before check %d", i).isInstanceOf(Decision.GoOn.class);
                next = next.watch().after(result, inSlot(slot));
            }
            if (i + 1 < checks.length() && checks.charAt(i + 1) == '+') {
                i++;
            } else {
                slot++;
            }
        }
        return next;
    }

    private static Watch.Next run(int slots, String checks) {
        return run(Watch.of(Slots.begin(plan(slots)), Tolerance.NONE), 0, checks);
    }

    private static Watch.Next tolerating(int failures, int of, String checks) {
        return run(Watch.of(Slots.begin(plan(100)), new Tolerance(failures, of)), 0, checks);
    }

    @Test
    @DisplayName("is 720 slots for 6 hours at 30 seconds, and rounds up")
    void required() {
        assertThat(new Slots.Plan(T0, INTERVAL, Duration.ofHours(6), Duration.ofHours(6)).required())
                .isEqualTo(720);
        assertThat(new Slots.Plan(T0, INTERVAL, Duration.ofSeconds(61), INTERVAL).required())
                .isEqualTo(3);
        assertThat(new Slots.Plan(T0, INTERVAL, Duration.ofSeconds(1), INTERVAL).required())
                .isEqualTo(1);
        assertThatThrownBy(() -> new Slots.Plan(T0, Duration.ZERO, INTERVAL, INTERVAL))
                .hasMessage("interval is longer than no time, not PT0S");
    }

    @ParameterizedTest(name = "after {0}: {1} judged, {2} unjudged")
    @DisplayName("counts each slot once")
    @CsvSource({
        "P, 1, 0",
        "PPP, 3, 0",
        "P+P+P, 1, 0",
        "Pw+P, 2, 0",
        "Pww, 1, 1", // the slot of the last check has not ended
        "PwwP, 2, 2",
        "P...P, 2, 3",
        "PeP, 2, 1",
        "www, 0, 0", // warming up
        "wwwP, 1, 0",
        "..wP, 1, 0",
        "wwwPw.P, 2, 2"
    })
    void counts(String checks, long judged, long unjudged) {
        Slots slots = run(100, checks).watch().slots();

        assertThat(slots.judged()).isEqualTo(judged);
        assertThat(slots.unjudged()).isEqualTo(unjudged);
    }

    @Test
    @DisplayName("is complete with its judged slots, not with the time that went by")
    void completes() {
        assertThat(run(20, "P".repeat(19)).decision()).isInstanceOf(Decision.GoOn.class);
        assertThat(run(20, "P".repeat(20)).decision()).isInstanceOf(Decision.Complete.class);
        assertThat(run(20, "wwPw" + "P".repeat(18)).decision()).isInstanceOf(Decision.GoOn.class);
        assertThat(run(20, "wwPw" + "P".repeat(19)).decision()).isInstanceOf(Decision.Complete.class);
    }

    @Test
    @DisplayName("is inconclusive when no check passed within the warm-up")
    void warmUpEnds() {
        assertThat(run(20, "w".repeat(20)).decision()).isInstanceOf(Decision.GoOn.class);
        assertThat(run(20, "w".repeat(21)).decision())
                .isEqualTo(new Decision.Inconclusive("No check passed within the warm-up of PT10M"));
        assertThat(run(20, "w".repeat(20) + "P").decision()).isInstanceOf(Decision.GoOn.class);
    }

    @Test
    @DisplayName("is inconclusive with more than a tenth of its slots unjudged, even if complete")
    void tooManyUnjudged() {
        assertThat(run(20, "PwwP").decision()).isInstanceOf(Decision.GoOn.class);
        assertThat(run(20, "PwwwP").decision())
                .isEqualTo(new Decision.Inconclusive("3 slots could not be judged, more than a tenth of 20"));
        assertThat(run(20, "P".repeat(19) + "...P").decision()).isInstanceOf(Decision.Inconclusive.class);
    }

    @Nested
    @DisplayName("goes on after a restart")
    class Restart {
        private Watch.Next resume(Slots stored, long firstSlot, String checks) {
            Slots slots = Slots.resume(stored.plan(), stored.judged(), stored.unjudged(), stored.lastSlot());
            return run(Watch.of(slots, Tolerance.NONE), firstSlot, checks);
        }

        @Test
        @DisplayName("in the same slot without counting it twice")
        void sameSlot() {
            Slots before = run(100, "PP").watch().slots();
            assertThat(resume(before, 1, "P").watch().slots().judged()).isEqualTo(2);
        }

        @Test
        @DisplayName("and counts the slots in between as unjudged, once")
        void slotsBetween() {
            Slots before = run(100, "PPw").watch().slots();
            Slots after = resume(before, 6, "P").watch().slots();
            assertThat(after.judged()).isEqualTo(3);
            assertThat(after.unjudged()).isEqualTo(4);
        }

        @Test
        @DisplayName("still warming up, with nothing counted")
        void warmingUp() {
            Slots before = run(100, "www").watch().slots();
            Slots after = resume(before, 7, "P").watch().slots();
            assertThat(after.judged()).isEqualTo(1);
            assertThat(after.unjudged()).isZero();
        }

        @Test
        @DisplayName("with the same counts as without, wherever it happens")
        void anywhere() {
            String checks = "wwPwP.PFPPw..PPeP+w";
            Slots whole = tolerating(2, 2, checks).watch().slots();
            for (int cut = 0; cut < checks.length() - 2; cut++) {
                Slots before =
                        tolerating(2, 2, checks.substring(0, cut)).watch().slots();
                Slots stored = Slots.resume(plan(100), before.judged(), before.unjudged(), before.lastSlot());
                Slots after = run(Watch.of(stored, new Tolerance(2, 2)), cut, checks.substring(cut))
                        .watch()
                        .slots();
                assertThat(after.judged()).as("cut at %d", cut).isEqualTo(whole.judged());
                assertThat(after.unjudged()).as("cut at %d", cut).isEqualTo(whole.unjudged());
            }
        }
    }

    @Nested
    @DisplayName("ends with a rollback")
    class RollBack {
        @Test
        @DisplayName("at the first failure")
        void firstFailure() {
            assertThat(run(100, "PPF").decision()).isInstanceOf(Decision.RollBack.class);
            assertThat(run(100, "F").decision()).isInstanceOf(Decision.RollBack.class);
        }

        @Test
        @DisplayName("at k failures of the last n judged checks, when so many are tolerated")
        void kOfN() {
            assertThat(tolerating(2, 3, "PPFP").decision()).isInstanceOf(Decision.GoOn.class);
            assertThat(tolerating(2, 3, "PPFPF").decision()).isInstanceOf(Decision.RollBack.class);
            assertThat(tolerating(2, 3, "PFPPFPPF").decision()).isInstanceOf(Decision.GoOn.class);
            assertThat(tolerating(2, 3, "PPFwewF").decision())
                    .as("only judged checks are remembered")
                    .isInstanceOf(Decision.RollBack.class);
        }

        @Test
        @DisplayName("at k failures of n in slots, however many checks a slot has")
        void oncePerSlot() {
            assertThat(tolerating(2, 3, "PPF+F+F").decision()).isInstanceOf(Decision.GoOn.class);
            assertThat(tolerating(2, 3, "PPF+FF").decision()).isInstanceOf(Decision.RollBack.class);
            assertThat(tolerating(3, 3, "P+FP+FP+F").decision())
                    .as("a slot with a failure has failed")
                    .isInstanceOf(Decision.RollBack.class);
        }

        @Test
        @DisplayName("at once on NaN, absence and lost telemetry, whatever is tolerated")
        void immediate() {
            assertThat(tolerating(3, 5, "PPN").decision()).isInstanceOf(Decision.RollBack.class);
            assertThat(Rule.CANARY_ABSENT.isImmediate()).isTrue();
            assertThat(Rule.TELEMETRY_LOST.isImmediate()).isTrue();
            assertThat(Rule.MALFORMED_EVENTS.isImmediate()).isFalse();
        }

        @Test
        @DisplayName("at the fourth check in a row that could not be made")
        void errors() {
            assertThat(run(100, "PeeeP").decision()).isInstanceOf(Decision.GoOn.class);
            assertThat(run(100, "Peeewe").decision()).isInstanceOf(Decision.GoOn.class);
            assertThat(run(100, "Peeee").decision())
                    .isInstanceOfSatisfying(
                            Decision.RollBack.class,
                            rollBack -> assertThat(rollBack.violations())
                                    .extracting(Violation::toString)
                                    .containsExactly(
                                            "JUDGE_ERROR Judge error: 4 checks in a row could not be made, the last"
                                                    + " one: Redis is away"));
        }
    }

    @ParameterizedTest(name = "after {0}: {1} judged, {2} unjudged")
    @DisplayName("is unjudged where a failure was tolerated, whatever else was seen in the slot")
    @CsvSource({"PF, 1, 1", "PPF+P, 2, 1", "PPP+F, 2, 1", "P+FP, 1, 0", "F+PP, 1, 0", "PFP, 2, 1"})
    void toleratedFailures(String checks, long judged, long unjudged) {
        Slots slots = tolerating(5, 5, checks).watch().slots();

        assertThat(slots.judged()).isEqualTo(judged);
        assertThat(slots.unjudged()).isEqualTo(unjudged);
    }

    @Test
    @DisplayName("does not run backwards with the clock")
    void clockGoesBack() {
        Watch watch = run(100, "PPP").watch();
        Slots slots = watch.after(PASS, inSlot(0))
                .watch()
                .after(FAIL, inSlot(-5))
                .watch()
                .slots();
        assertThat(slots.judged()).isEqualTo(3);
        assertThat(slots.unjudged()).isZero();
        assertThat(slots.lastSlot()).isEqualTo(2);
    }

    @Test
    @DisplayName("refuses a tolerance that makes no sense")
    void tolerance() {
        for (int[] bad : new int[][] {{0, 1}, {2, 1}, {1, 61}}) {
            assertThatThrownBy(() -> new Tolerance(bad[0], bad[1])).hasMessageStartingWith("failures/of is at least");
        }
    }
}
