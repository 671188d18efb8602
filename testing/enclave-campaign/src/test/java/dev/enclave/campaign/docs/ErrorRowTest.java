package dev.enclave.campaign.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.BackendId;
import dev.enclave.core.internal.call.Failures;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorRowTest {

  @ParameterizedTest
  @EnumSource
  void saysWhatTheEngineMakesOfAFailure(FailureCode code) {
    BackendFailure failure = BackendFailure.permanent(code, "as the table says");
    assertThat(ErrorRow.seen(code))
        .isEqualTo(Failures.whileOpening(BackendId.SOFTWARE, failure).code());
  }
}
