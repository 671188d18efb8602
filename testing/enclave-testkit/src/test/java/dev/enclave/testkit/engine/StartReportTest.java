package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Assurance;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Result;
import dev.enclave.testkit.InMemoryProvider;
import org.junit.jupiter.api.Test;

/** A start that is refused says everything at once; one that is not has a healthy backend. */
class StartReportTest {

  private final BentProvider bent = new BentProvider("bent");
  private final Bench bench = Bench.in("production").with(bent);

  private static BentProvider.Step failing(BackendFailure failure) {
    return () -> {
      throw failure;
    };
  }

  @Test
  void namesEveryUnmetRequirement_withItsCategoryAndFix() {
    String message =
        refused(
            ErrorCode.POLICY_NOT_MET,
            () ->
                Bench.in("production")
                    .set("enclave.minimum-assurance", "software")
                    .set("enclave.rotation.interval", "90 days")
                    .set("enclave.algorithms", "RSA")
                    .set("enclave.acknowledge-reduced-security", "true")
                    .set("enclave.backends", "elsewhere")
                    .with(new InMemoryProvider().assurance(Assurance.SOFTWARE))
                    .open());
    assertThat(message.lines())
        .anyMatch(
            line ->
                line.startsWith(
                        "- [POLICY] Setting enclave.minimum-assurance is \"software\" (from ")
                    && line.endsWith("set it to hsm-wrapped or stronger"))
        .anyMatch(line -> line.startsWith("- [CONFIGURATION] Setting enclave.rotation.interval"))
        .anyMatch(line -> line.startsWith("- [CONFIGURATION] Setting enclave.algorithms"))
        .anyMatch(
            line -> line.startsWith("- [POLICY] Setting enclave.acknowledge-reduced-security is"))
        .anyMatch(line -> line.startsWith("- [POLICY] memory gives SOFTWARE at most"))
        .hasSize(6);
  }

  @Test
  void namesAnUnhealthyBackendBesideAWrongSetting() {
    bent.before(
        "health",
        failing(
            BackendFailure.permanent(
                FailureCode.ACCESS_DENIED, "The identity may not list. Grant far:List.")));
    assertThat(
            refused(
                ErrorCode.POLICY_NOT_MET,
                () -> bench.set("enclave.rotation.interval", "90 days").open()))
        .contains("[CONFIGURATION] Setting enclave.rotation.interval")
        .contains("[PROVIDER]")
        .contains("far:List");
  }

  @Test
  void doesNotOpen_whenTheBackendIsNotAuthenticated() {
    bent.before(
        "health",
        failing(
            BackendFailure.permanent(
                FailureCode.ACCESS_DENIED, "401: no identity. Attach a role.")));
    assertThat(refused(ErrorCode.ACCESS_DENIED, bench::open)).contains("Attach a role");
    assertThat(bench.audit.events(Operation.START))
        .singleElement()
        .satisfies(e -> assertThat(e.result()).isEqualTo(Result.FAILURE));
  }

  @Test
  void doesNotOpen_whenTheBackendTimesOut() {
    bent.before(
        "health",
        failing(BackendFailure.transientFailure(FailureCode.TIMEOUT, "No answer in time. Wait.")));
    refused(ErrorCode.DEADLINE_EXCEEDED, bench::open);
  }

  @Test
  void doesNotOpen_whenTheHealthCheckThrows() {
    bent.before(
        "health",
        () -> {
          throw new IllegalStateException("secret");
        });
    assertThat(refused(ErrorCode.BACKEND_CONTRACT, bench::open)).doesNotContain("secret");
  }

  @Test
  void diesOfAnErrorOfTheMachine_ratherThanHideIt() {
    bent.before(
        "health",
        () -> {
          throw new StackOverflowError();
        });
    assertThatThrownBy(bench::open).isInstanceOf(StackOverflowError.class);
  }
}
