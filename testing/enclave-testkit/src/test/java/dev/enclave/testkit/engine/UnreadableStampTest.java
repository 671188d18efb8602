package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.testkit.CapturedOutput;
import dev.enclave.testkit.InMemoryProvider;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of an adopted key whose environment stamp the identity may not read. */
class UnreadableStampTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");
  private static final String ACCEPT = "enclave.keys.treasury.accept-unreadable-stamp";

  /** More than a local reading's age. */
  private static final Duration A_WHILE = Duration.ofSeconds(3);

  private final InMemoryProvider provider = new InMemoryProvider();

  private Bench bench(EnvironmentType here, EnvironmentType stamp) {
    Bench bench = Bench.in(here.name()).with(provider);
    return bench.set(
        "enclave.keys.treasury",
        provider.placeForeignKey(
            SigningAlgorithm.ED25519, Optional.of(stamp), bench.clock.now(), new SecureRandom()));
  }

  @ParameterizedTest
  @EnumSource
  void isRefusedInEveryEnvironment_sinceNoneAcceptsEveryStamp(EnvironmentType here) {
    provider.withholdStamps(true);
    try (Enclave enclave = bench(here, EnvironmentType.DEVELOPMENT).open()) {
      assertThat(refused(ErrorCode.STAMP_UNREADABLE, () -> enclave.signingKeys().key("treasury")))
          .contains("permission heap:ReadStamp is missing", "Grant heap:ReadStamp", ACCEPT);
    }
  }

  @Test
  void signs_onceThePermissionIsGranted_withoutANewStart() {
    provider.withholdStamps(true);
    Bench bench = bench(EnvironmentType.PRODUCTION, EnvironmentType.PRODUCTION);
    try (Enclave enclave = bench.open()) {
      refused(ErrorCode.STAMP_UNREADABLE, () -> enclave.signingKeys().key("treasury"));
      provider.withholdStamps(false);
      bench.clock.advance(A_WHILE);
      SigningKey key = enclave.signingKeys().key("treasury");
      assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
    }
  }

  @Test
  void signsNoMore_onceThePermissionIsTakenAway() {
    Bench bench = bench(EnvironmentType.PRODUCTION, EnvironmentType.PRODUCTION);
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.signingKeys().key("treasury");
      key.sign(MESSAGE);
      provider.withholdStamps(true);
      bench.clock.advance(A_WHILE);
      refused(ErrorCode.STAMP_UNREADABLE, () -> key.sign(MESSAGE));
    }
  }

  @Test
  void isAcceptedByTheSettingOfThatKey_withAWarningAndARecord() {
    provider.withholdStamps(true);
    Bench bench =
        bench(EnvironmentType.PRODUCTION, EnvironmentType.DEVELOPMENT).set(ACCEPT, "true");
    try (CapturedOutput output = new CapturedOutput();
        Enclave enclave = bench.open()) {
      SigningKey key = enclave.signingKeys().key("treasury");
      assertThat(key.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
      assertThat(key.info().stamp()).isInstanceOf(StampReading.Unreadable.class);
      enclave.signingKeys().key("treasury");

      assertThat(output.text())
          .containsOnlyOnce(
              "Key treasury is used although its environment stamp is unreadable: permission"
                  + " heap:ReadStamp is missing; setting "
                  + ACCEPT
                  + " accepts that");
      assertThat(bench.audit.events(Operation.START))
          .singleElement()
          .satisfies(e -> assertThat(e.details()).containsEntry("setting." + ACCEPT, "true"));
      assertThat(bench.audit.events(Operation.ADOPT))
          .singleElement()
          .satisfies(
              e ->
                  assertThat(e.details())
                      .containsEntry("stamp", "unreadable: permission heap:ReadStamp is missing")
                      .containsEntry("acceptsUnreadableStamp", "true"));
    }
  }

  @Test
  void acceptsNoStampThatCanBeReadAndIsAnotherEnvironments() {
    provider.withholdStamps(true);
    Bench bench =
        bench(EnvironmentType.PRODUCTION, EnvironmentType.DEVELOPMENT).set(ACCEPT, "true");
    try (Enclave enclave = bench.open()) {
      SigningKey key = enclave.signingKeys().key("treasury");
      provider.withholdStamps(false);
      bench.clock.advance(A_WHILE);
      refused(ErrorCode.STAMP_MISMATCH, () -> key.sign(MESSAGE));
      refused(ErrorCode.STAMP_MISMATCH, () -> enclave.signingKeys().key("treasury"));
      assertThat(bench.audit.events(Operation.ADOPT))
          .extracting(AuditEvent::details)
          .extracting("stamp")
          .containsExactly("unreadable: permission heap:ReadStamp is missing", "DEVELOPMENT");
    }
  }

  @Test
  void isShownAsUnreadable_notAsNone_whereKeysAreListed() {
    provider.withholdStamps(true);
    try (Enclave enclave = bench(EnvironmentType.PRODUCTION, EnvironmentType.DEVELOPMENT).open()) {
      assertThat(enclave.admin().listKeys().keys())
          .singleElement()
          .satisfies(
              key ->
                  assertThat(key.stamp())
                      .hasToString("unreadable: permission heap:ReadStamp is missing"));
    }
  }

  @Test
  void isWarnedOfByDoctor_beforeAnybodySigns() {
    provider.withholdStamps(true);
    Bench bench = bench(EnvironmentType.PRODUCTION, EnvironmentType.DEVELOPMENT);
    assertThat(bench.builder().diagnose().health().findings())
        .filteredOn(Finding::code, ErrorCode.STAMP_UNREADABLE)
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.severity()).isEqualTo(Severity.WARNING);
              assertThat(finding.observed()).contains("key treasury", "heap:ReadStamp is missing");
              assertThat(finding.fix()).contains("grant heap:ReadStamp", ACCEPT);
            });
  }

  @Test
  void isWarnedOfByDoctor_whereASettingAcceptsIt() {
    provider.withholdStamps(true);
    Bench bench =
        bench(EnvironmentType.PRODUCTION, EnvironmentType.DEVELOPMENT).set(ACCEPT, "true");
    assertThat(bench.builder().diagnose().health().findings())
        .filteredOn(Finding::code, ErrorCode.STAMP_UNREADABLE)
        .singleElement()
        .satisfies(finding -> assertThat(finding.observed()).contains("accepts"));
  }
}
