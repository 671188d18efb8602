package dev.enclave.os;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.BackendId;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import dev.enclave.testkit.FakeEnvironment;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What files and variables alone tell; no bus is there to be asked. */
class DetectionTest {

  private static final String SERVICE =
      "/usr/share/dbus-1/services/org.freedesktop.secrets.service";

  private final FakeEnvironment linux = FakeEnvironment.empty().withProperty("os.name", "Linux");
  private final FakeEnvironment desktop =
      linux.withVariable("XDG_RUNTIME_DIR", "/run/user/1000").withUnreadable("/run/user/1000/bus");

  private static Detection detect(FakeEnvironment machine) {
    return new OsBackendProvider()
        .detect(
            new DetectionContext(machine, new BackendSettings(BackendId.OS, Map.of()), Map.of()));
  }

  @Test
  void isPresent_whereABusCanStartASecretService() {
    assertThat(detect(desktop.withFile(SERVICE, "")))
        .isInstanceOfSatisfying(
            Detection.Present.class,
            present ->
                assertThat(present.evidence())
                    .containsExactly(
                        "D-Bus session bus at unix:path=/run/user/1000/bus",
                        "D-Bus starts a Secret Service by " + SERVICE));
  }

  @Test
  void isPresent_whereGnomeKeyringListens() {
    assertThat(detect(desktop.withUnreadable("/run/user/1000/keyring/control")))
        .isInstanceOf(Detection.Present.class);
  }

  @Test
  void looksWhereTheVariablesSay() {
    assertThat(
            detect(
                desktop
                    .withVariable("DBUS_SESSION_BUS_ADDRESS", "unix:path=/tmp/dbus-1,guid=00")
                    .withUnreadable("/tmp/dbus-1")
                    .withVariable("XDG_DATA_DIRS", "/opt/a:/opt/b")
                    .withFile("/opt/b/dbus-1/services/org.freedesktop.secrets.service", "")))
        .isInstanceOf(Detection.Present.class);
  }

  @Test
  void isInconclusive_whereThereIsABusAlone() {
    assertThat(detect(desktop))
        .isInstanceOfSatisfying(
            Detection.Inconclusive.class,
            said -> assertThat(said.reason()).contains("no sign of a Secret Service"));
  }

  @Test
  void isAbsent_withoutABus() {
    assertThat(detect(linux.withFile(SERVICE, "")))
        .isInstanceOfSatisfying(
            Detection.Absent.class,
            said -> assertThat(said.reason()).contains("no D-Bus session bus", "dbus-run-session"));
  }

  @Test
  void isAbsent_whereTheBusIsOver() {
    assertThat(detect(linux.withVariable("DBUS_SESSION_BUS_ADDRESS", "unix:path=/tmp/dbus-gone")))
        .isInstanceOfSatisfying(
            Detection.Absent.class,
            said -> assertThat(said.reason()).contains("that session is over"));
  }

  @Test
  void isAbsent_whereTheBusIsAcrossANetwork() {
    assertThat(
            detect(linux.withVariable("DBUS_SESSION_BUS_ADDRESS", "tcp:host=example.org,port=1")))
        .isInstanceOfSatisfying(
            Detection.Absent.class, said -> assertThat(said.reason()).contains("no socket file"));
  }

  @Test
  void isAbsent_onASystemItDoesNotKnow() {
    assertThat(detect(FakeEnvironment.empty().withProperty("os.name", "FreeBSD")))
        .isInstanceOfSatisfying(
            Detection.Absent.class, said -> assertThat(said.reason()).contains("FreeBSD"));
  }
}
