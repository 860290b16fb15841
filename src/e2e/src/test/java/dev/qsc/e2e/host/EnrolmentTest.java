package dev.qsc.e2e.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qsc.e2e.lab.NeedsTestHost;
import dev.qsc.e2e.lab.TestHost;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@NeedsTestHost
@DisplayName("Enrolment")
class EnrolmentTest {
    private static TestHost host;

    @BeforeAll
    static void prepare() {
        host = TestHost.start("enrol");
        EngineOnHost.prepare(host);
    }

    @AfterEach
    void retire() {
        EngineOnHost.retireAll(host);
    }

    @AfterAll
    static void stop() {
        host.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    [Service]               | KillMode=process      | KillMode=process leaves processes
                    [Service]               | KillMode=none         | KillMode=none leaves processes
                    [Unit]                  | RefuseManualStop=yes  | RefuseManualStop
                    [Install]               | Alias=ai.service      | is an alias or has one
                    """)
    @DisplayName("refuses a unit that could not be brought home, and says why")
    void unfit(String section, String setting, String reason) {
        var engine = EngineOnHost.start(host);
        var dropin = "/etc/systemd/system/" + engine.unit + ".d/unfit.conf";
        if (setting.startsWith("Alias=")) {
            host.shell("ln -s " + engine.unit + " /etc/systemd/system/ai.service && systemctl daemon-reload")
                    .orThrow();
        } else {
            host.write(dropin, section + "\n" + setting + "\n");
            host.exec("systemctl", "daemon-reload").orThrow();
        }

        var refusal = host.exec("qsc-enroll", engine.unit, "/root/" + engine.unit + ".json");

        assertThat(refusal.exitCode()).isNotZero();
        assertThat(refusal.stderr()).contains("qsc-enroll: ", reason);
        host.shell("rm -f /etc/systemd/system/ai.service");
    }

    @Test
    @DisplayName("refuses a drop-in of that name that is somebody else's, and units that are not there")
    void foreign() {
        var engine = EngineOnHost.start(host);
        host.write("/etc/systemd/system/" + engine.unit + ".d/qsc_canary.conf", "[Service]\nNice=5\n");
        assertThat(host.exec("qsc-enroll", engine.unit, "/root/" + engine.unit + ".json")
                        .stderr())
                .contains("was not written by QSC");
        assertThat(host.exec("qsc-enroll", "absent.service", "/root/" + engine.unit + ".json")
                        .stderr())
                .contains("absent.service is not a loaded unit: LoadState=not-found");
        assertThat(host.exec("qsc-enroll", "multi-user.target", "/root/" + engine.unit + ".json")
                        .stderr())
                .contains("is not a service");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[1]",
                "{\"a\": \"b\"}",
                "{\"a\": -1}",
                "{\"a\": 0.00}",
                "{\"a\": 01}",
                "{\"a\\\"b\": 1}",
                "{\"a\": 1,}"
            })
    @DisplayName("refuses a baseline that is none")
    void noBaseline(String text) {
        var engine = EngineOnHost.start(host);
        host.write("/root/none.json", text);

        var refusal = host.exec("qsc-enroll", engine.unit, "/root/none.json");

        assertThat(refusal.exitCode()).isNotZero();
        assertThat(refusal.stderr()).contains("is no baseline");
        assertThat(engine.baseline()).isEqualTo(engine.baselineDigest);
    }

    @Test
    @DisplayName("takes the very file that the engine reads, turns it into the link, and can be repeated")
    void inPlace() {
        var engine = EngineOnHost.start(host);
        var baseline = "/var/lib/qsc/" + engine.unit + "/baseline_model_weights.json";
        host.shell("cp --remove-destination /root/" + engine.unit + ".json " + baseline)
                .orThrow();

        host.exec("qsc-enroll", engine.unit, baseline).orThrow();
        host.exec("qsc-enroll", engine.unit, baseline).orThrow();

        assertThat(engine.baseline()).isEqualTo(engine.baselineDigest);
        assertThat(engine.read(baseline)).contains("{\"xgb\": 0.25, \"lgbm\": 0.25, \"nhits\": 0.5} \n");
    }
}
