package dev.enclave.testkit.rotation;

import static dev.enclave.testkit.rotation.Replica.QUARTER;
import static dev.enclave.testkit.rotation.Replica.WALLET;
import static dev.enclave.testkit.rotation.Replica.WINDOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.Message;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.ErrorCode;
import dev.enclave.testkit.InMemoryStore;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A process whose account may use keys and not rotate them leaves that to others. */
class SignersAccountTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  private final VirtualTime time = new VirtualTime();
  private final InMemoryStore store = new InMemoryStore();
  private final Replica signer = new Replica(time, store, 1);
  private final Replica administrator = new Replica(time, store, 2);

  SignersAccountTest() {
    signer.keys.mayRotate = false;
    administrator.set("enclave.rotation.automatic", "off");
  }

  @Test
  void asksNowAndThenWhetherItMay_andForNothingElse() {
    try (Enclave other = administrator.open();
        Enclave enclave = signer.open()) {
      other.createKey(WALLET);
      time.pass(Duration.ofDays(10));
      assertThat(signer.keys.calls("mayRotate")).isBetween(13, 41);
      assertThat(signer.keys.calls("page")).isZero();
      assertThat(signer.keys.calls("load")).isZero();
      assertThat(enclave.health().findings()).isEmpty();
      assertThat(signer.failed).isEmpty();
    }
  }

  @Test
  void tellsThatNobodyRotatesAKeyThatItUses_untilSomebodyDoes() {
    try (Enclave other = administrator.open();
        Enclave enclave = signer.open()) {
      SigningKey key = other.createKey(WALLET);
      SigningKey used = enclave.signingKeys().key(key.handle());
      used.sign(MESSAGE);
      time.pass(QUARTER.plus(WINDOW).plusHours(3));
      used.sign(MESSAGE);
      time.pass(Duration.ofMinutes(20));

      assertThat(enclave.health().findings())
          .singleElement()
          .extracting(Finding::code, Finding::observed)
          .satisfies(
              told -> {
                assertThat(told.get(0)).isEqualTo(ErrorCode.ROTATION_OVERDUE);
                assertThat(told.get(1).toString())
                    .contains("its account may not", "wallet-42 since");
              });
      assertThat(signer.keys.calls("prepare")).isZero();
      assertThat(signer.failed).isEmpty();

      other.admin().key(key.handle()).rotate(RotationRequest.now());
      time.pass(Duration.ofMinutes(5));
      used.sign(MESSAGE);
      time.pass(Duration.ofMinutes(20));
      assertThat(enclave.health().findings()).isEmpty();
    }
  }

  @Test
  void saysSo_whenItWasToldToRotate() {
    try (Enclave enclave = signer.set("enclave.rotation.automatic", "on").open()) {
      time.pass(Duration.ofMinutes(12));
      List<Finding> findings = enclave.health().findings();
      assertThat(findings)
          .singleElement()
          .extracting(Finding::code)
          .isEqualTo(ErrorCode.ROTATION_OVERDUE);
      assertThat(findings.get(0).observed())
          .isEqualTo(
              "no keys are rotated by this process, since its account may not list and change"
                  + " them");
    }
  }

  @Test
  void rotates_onceItsAccountMay() {
    try (Enclave enclave = signer.open()) {
      enclave.createKey(WALLET);
      time.pass(Duration.ofDays(10));
      signer.keys.mayRotate = true;
      time.pass(QUARTER);
      assertThat(signer.rotated).hasSize(1);
    }
  }
}
