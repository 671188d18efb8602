package dev.enclave.pkcs11.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.campaign.WrongPublicKeyCampaign;
import dev.enclave.campaign.bench.Bench;
import dev.enclave.campaign.cloud.CloudAccount;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("full")
@Tag("needs-softhsm")
class WrongPublicKeyTest extends WrongPublicKeyCampaign {

  WrongPublicKeyTest() {
    super(new SoftHsmUnderTest(), List.of("C_GetAttributeValue"), "flipped-bit");
  }

  /** What tells whose a private key is, beside its label, is the document. */
  @Test
  @Override
  protected void aKeyThatIsMadeWithoutItsLabels_isAWrongAnswer_thatSaysWhatWasAsked() {
    try (Bench bench = new Bench(new SoftHsmUnderTest());
        Enclave enclave = bench.openCalm();
        CloudAccount account = bench.account()) {
      enclave.createKey(KeySpec.named("unlabelled").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      ((TokenAccount) account).unlabel("unlabelled");
      try (Enclave other = bench.openCalm()) {
        assertThatExceptionOfType(EnclaveException.class)
            .isThrownBy(() -> other.signingKeys().key("unlabelled"))
            .withMessageContaining("unlabelled")
            .returns(ErrorCode.KEY_NOT_FOUND, EnclaveException::code);
      }
      assertThat(account.keys()).hasSize(1);
    }
  }
}
