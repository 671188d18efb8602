package dev.enclave.emulators.internal.aws.kms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.emulators.internal.aws.common.AwsFailure;
import dev.enclave.emulators.internal.aws.common.Caller;
import dev.enclave.emulators.internal.aws.kms.request.Call;
import dev.enclave.emulators.internal.aws.kms.request.Input;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RequestQuotasTest {

  private static final Caller CALLER = new Caller("arn", "id", "arn");

  private final RequestQuotas quotas = RequestQuotas.defaults();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void eachOperationHasAQuotaOfItsOwn_aSecond() {
    assertThat(served("CreateKey", Map.of())).isEqualTo(5);
    assertThat(served("CreateAlias", Map.of())).isEqualTo(5);
    assertThat(served("GetParametersForImport", Map.of())).isEqualTo(1);
    now = now.plusMillis(999);
    assertThat(served("CreateKey", Map.of())).isZero();
    now = now.plusMillis(1);
    assertThat(served("CreateKey", Map.of())).isEqualTo(5);
  }

  @Test
  void cryptographicOperationsShareOne_forEachKindOfKey() {
    assertThat(served("Sign", Map.of("SigningAlgorithm", "ECDSA_SHA_256"))).isEqualTo(1_000);
    assertThat(served("Verify", Map.of("SigningAlgorithm", "ED25519_SHA_512"))).isZero();
    assertThat(served("Sign", Map.of("SigningAlgorithm", "RSASSA_PSS_SHA_256"))).isEqualTo(1_000);
    assertThat(served("Decrypt", Map.of("EncryptionAlgorithm", "RSAES_OAEP_SHA_256"))).isZero();
    assertThat(served("Encrypt", Map.of())).isEqualTo(10_000);
    assertThat(served("Decrypt", Map.of("EncryptionAlgorithm", "SYMMETRIC_DEFAULT"))).isZero();
  }

  @Test
  void throttleAsTheServiceDoes() {
    served("CreateKey", Map.of());
    AwsFailure failure = catchThrowableOfType(AwsFailure.class, () -> count("CreateKey", Map.of()));
    assertThat(failure.name()).isEqualTo("ThrottlingException");
    assertThat(failure.status()).isEqualTo(400);
  }

  @Test
  void areNone_unlessAskedFor() {
    RequestQuotas none = RequestQuotas.none();
    assertThatCode(
            () -> {
              for (int i = 0; i < 100; i++) {
                none.count(call("CreateKey", Map.of()));
              }
            })
        .doesNotThrowAnyException();
  }

  /** How many are, until one is refused. */
  private int served(String operation, Map<String, Object> input) {
    for (int served = 0; ; served++) {
      try {
        count(operation, input);
      } catch (AwsFailure e) {
        return served;
      }
    }
  }

  private void count(String operation, Map<String, Object> input) {
    quotas.count(call(operation, input));
  }

  private Call call(String operation, Map<String, Object> input) {
    return new Call(operation, new Input(input), CALLER, now);
  }
}
