package dev.enclave.core.internal.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FindingsTest {

  @Test
  void aFailureIsToldAsItsObservationAndWhatToDo() {
    Finding finding =
        Findings.of(
            EnclaveException.of(ErrorCode.ACCESS_DENIED, "It is denied.", "Grant kms:Sign."));

    assertThat(finding)
        .isEqualTo(
            Finding.of(Severity.ERROR, ErrorCode.ACCESS_DENIED, "It is denied", "grant kms:Sign"));
    assertThat(Findings.advice(": ", finding)).isEqualTo(": grant kms:Sign");
  }

  @ParameterizedTest
  @CsvSource({
    "Set the region., set the region",
    "AWS has to allow it., AWS has to allow it",
    "wait, wait",
    "A, A",
    "'', ''"
  })
  void adviceBecomesAClause_andANameStaysAName(String advice, String clause) {
    assertThat(Findings.of(EnclaveException.of(ErrorCode.NO_BACKEND, "It is so", advice)).fix())
        .isEqualTo(clause);
  }

  @Test
  void aFailureWithoutAdviceHasNoneToAdd() {
    Finding finding = Findings.of(EnclaveException.of(ErrorCode.NO_BACKEND, "It is so. Do that."));

    assertThat(finding.observed()).isEqualTo("It is so. Do that");
    assertThat(Findings.advice(": ", finding)).isEmpty();
  }

  @Test
  void loadOfThisProcessIsAWarning() {
    assertThat(Findings.of(EnclaveException.of(ErrorCode.LOCAL_LOAD, "It is busy.")).severity())
        .isEqualTo(Severity.WARNING);
  }
}
