package dev.enclave.internal;

import static dev.enclave.internal.TextTest.Sample.ADVISED;
import static dev.enclave.internal.TextTest.Sample.PLAIN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.PolicyException;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import org.junit.jupiter.api.Test;

class TextTest {

  enum Sample implements Text {
    PLAIN("Key {key} is in {place}, {key} alone."),
    ADVISED("Key {key} is old.", "Rotate {key} before {time}.");

    private final String lines;

    Sample(String... parts) {
      this.lines = String.join("\n", parts);
    }

    @Override
    public String lines() {
      return lines;
    }
  }

  @Test
  void aHoleThatAppearsAgainHasTheSameValue() {
    assertThat(PLAIN.with("wallet", 7)).isEqualTo("Key wallet is in 7, wallet alone.");
    assertThat(ADVISED.with("wallet", 7)).isEqualTo("Key wallet is old. Rotate wallet before 7.");
    assertThat(ADVISED.holes()).containsExactly("key", "time");
  }

  @Test
  void aValueIsNoTemplate() {
    assertThat(PLAIN.with("{place}", "$1 \\ {0} %s"))
        .isEqualTo("Key {place} is in $1 \\ {0} %s, {place} alone.");
  }

  @Test
  void aWrongNumberOfValuesHidesNoMessage() {
    assertThat(PLAIN.with("wallet")).isEqualTo("Key wallet is in {place}, wallet alone.");
    assertThat(PLAIN.with("wallet", 7, 8)).isEqualTo("Key wallet is in 7, wallet alone.");
    assertThat(PLAIN.with()).isEqualTo("Key {key} is in {place}, {key} alone.");
  }

  @Test
  void bothPartsReachWhatIsThrownAndFound() {
    EnclaveException thrown = ADVISED.as(ErrorCode.POLICY_NOT_MET, "wallet", 7);
    assertThat(thrown).isInstanceOf(PolicyException.class);
    assertThat(thrown.observed()).isEqualTo("Key wallet is old.");
    assertThat(thrown.advice()).contains("Rotate wallet before 7.");
    assertThat(PLAIN.as(ErrorCode.POLICY_NOT_MET, "wallet", 7).advice()).isEmpty();
    assertThat(ADVISED.finding(Severity.WARNING, ErrorCode.POLICY_NOT_MET, "wallet", 7))
        .isEqualTo(
            Finding.of(
                Severity.WARNING,
                ErrorCode.POLICY_NOT_MET,
                "Key wallet is old.",
                "Rotate wallet before 7."));
    assertFailure(ADVISED.permanent(FailureCode.REFUSED, "wallet", 7), FailureClass.PERMANENT);
    assertFailure(
        ADVISED.transientFailure(FailureCode.REFUSED, "wallet", 7), FailureClass.TRANSIENT);
    assertFailure(ADVISED.ambiguous(FailureCode.REFUSED, "wallet", 7), FailureClass.AMBIGUOUS);
  }

  private static void assertFailure(BackendFailure failure, FailureClass expected) {
    assertThat(failure.failureClass()).isEqualTo(expected);
    assertThat(failure.code()).isEqualTo(FailureCode.REFUSED);
    assertThat(failure.observed()).isEqualTo("Key wallet is old.");
    assertThat(failure.advice()).contains("Rotate wallet before 7.");
  }
}
