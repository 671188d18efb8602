package dev.enclave.kit.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.EnvironmentType;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.testkit.FakeEnvironment;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is on, where that is refused, and how it is told. */
final class WireLogsTest {

  private static final FakeEnvironment QUIET = FakeEnvironment.empty();

  @ParameterizedTest
  @EnumSource(EnvironmentType.class)
  void refusesALoggerThatIsOn_whereSecretsAreReal(EnvironmentType environment) {
    WireLogs logs = new WireLogs("AWS KMS").jdk(QUIET).logger("a.wire", () -> true);
    if (environment == EnvironmentType.PRODUCTION || environment == EnvironmentType.STAGING) {
      BackendFailure failure =
          catchThrowableOfType(BackendFailure.class, () -> logs.requireOff(environment));
      assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
      assertThat(failure.code()).isEqualTo(FailureCode.REFUSED);
      assertThat(failure)
          .hasMessage(
              "Logger a.wire is on: what goes over the wire to AWS KMS is written to a log, data"
                  + " keys, messages and tokens among it. "
                  + environment
                  + " refuses that. Set logger a.wire to INFO.");
    } else {
      assertThatCode(() -> logs.requireOff(environment)).doesNotThrowAnyException();
    }
  }

  @Test
  void asksEachTime_sinceLoggersAreSwitchedOnWhileAProcessRuns() {
    AtomicBoolean on = new AtomicBoolean();
    WireLogs logs = new WireLogs("AWS KMS").logger("a.wire", on::get);
    assertThat(logs.findings()).isEmpty();
    on.set(true);
    assertThat(logs.findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.severity()).isEqualTo(Severity.WARNING);
              assertThat(finding.observed()).startsWith("Logger a.wire is on");
              assertThat(finding.fix()).isEqualTo("Set logger a.wire to INFO");
            });
  }

  @ParameterizedTest
  @CsvSource({
    "jdk.httpclient.HttpClient.log, headers, true",
    "jdk.httpclient.HttpClient.log, '', true",
    "jdk.internal.httpclient.debug, true, true",
    "jdk.internal.httpclient.debug, false, false",
    "jdk.internal.httpclient.hpack.debug, FALSE, false",
    "javax.net.debug, all, true",
    "javax.net.debug, 'ssl:record:plaintext', true",
    "javax.net.debug, '', true",
    "javax.net.debug, 'ssl:handshake', false",
    "javax.net.debug.other, all, false"
  })
  void knowsTheSwitchesOfJava(String property, String value, boolean on) {
    WireLogs logs = new WireLogs("Azure Key Vault").jdk(QUIET.withProperty(property, value));
    assertThat(logs.findings()).hasSize(on ? 1 : 0);
    assertThat(logs.findings())
        .allSatisfy(
            finding -> assertThat(finding.fix()).isEqualTo("Start Java without -D" + property));
  }
}
