package dev.enclave.vault.campaign;

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
import org.junit.jupiter.api.Test;

class WrongPublicKeyTest extends WrongPublicKeyCampaign {

  WrongPublicKeyTest() {
    super(new VaultUnderTest(), List.of("transit/keys:create", "transit/keys:read"), "flipped-bit");
  }

  /** Transit keys carry none: the document does, and without it they are nobody's. */
  @Test
  @Override
  protected void aKeyThatIsMadeWithoutItsLabels_isAWrongAnswer_thatSaysWhatWasAsked() {
    try (Bench bench = new Bench(new VaultUnderTest());
        Enclave enclave = bench.openCalm();
        CloudAccount account = bench.account()) {
      enclave.createKey(KeySpec.named("unlabelled").algorithm(SigningAlgorithm.ED25519));
      ((VaultAccount) account).unlabel("unlabelled");
      try (Enclave other = bench.openCalm()) {
        assertThatExceptionOfType(EnclaveException.class)
            .isThrownBy(() -> other.signingKeys().key("unlabelled"))
            .withMessageContaining("secret/data/enclave/keys/unlabelled")
            .returns(ErrorCode.KEY_NOT_FOUND, EnclaveException::code);
      }
      assertThat(account.keys()).hasSize(1);
    }
  }
}
