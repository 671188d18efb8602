package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.testkit.MutableClock;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Numbers with leading zeros come through: of P-521 every other signature has one in r, of the
 * others one in 128 in r or s. All are verified, as DER too.
 */
class LeadingZerosTest {

  private static final int SIGNATURES = Integer.getInteger("enclave.soak.signatures", 500);

  @Test
  void verifiesEverySignature_whateverItsLeadingZeros() {
    MutableClock clock = new MutableClock();
    try (AzureKeyVaultServer server = KeyVaults.serverBy(clock);
        Enclave enclave = Engines.open(server, clock)) {
      int zeros = 0;
      int made = 0;
      for (SigningAlgorithm algorithm :
          List.of(
              SigningAlgorithm.ECDSA_P521_SHA512,
              SigningAlgorithm.ECDSA_P256_SHA256,
              SigningAlgorithm.ECDSA_SECP256K1_KECCAK256)) {
        SigningKey key = enclave.createKey(KeySpec.named("zeros-" + made).algorithm(algorithm));
        for (int i = 0; i < SIGNATURES / 3 + 1; i++) {
          Message message = Message.ofUtf8("payment " + i);
          boolean der = i % 2 == 0;
          SignatureValue signature =
              key.sign(
                  message,
                  SignOptions.by("test")
                      .encoding(der ? SignatureEncoding.DER : SignatureEncoding.P1363));
          assertThat(key.verify(message, signature)).isTrue();
          made++;
          if (!der && hasLeadingZero(signature.bytes().toByteArray())) {
            zeros++;
          }
        }
      }
      System.out.println(
          made
              + " signatures by the vault, all verified; of those laid out as P1363 "
              + zeros
              + " with a leading zero");
      assertThat(zeros).isPositive();
    }
  }

  private static boolean hasLeadingZero(byte[] p1363) {
    return p1363[0] == 0 || p1363[p1363.length / 2] == 0;
  }
}
