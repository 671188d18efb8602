package dev.enclave.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.Message;
import dev.enclave.error.UsageException;
import dev.enclave.spi.SecretBytes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RSASSA-PKCS1-v1_5 has one signature for each message: ours are those of the vectors. */
@Tag("needs-wycheproof")
@Tag("each-engine")
class WycheproofSigningTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rsa_pkcs1_2048_sig_gen_test.json",
        "rsa_pkcs1_3072_sig_gen_test.json",
        "rsa_pkcs1_4096_sig_gen_test.json"
      })
  void signsAsWycheproofSays(String file) {
    List<Json> groups = Wycheproof.groups(file);
    List<String> wrong = new ArrayList<>();
    int checked = 0;
    int leftOut = 0;
    for (Json group : groups) {
      try (LocalKey key = key(group)) {
        for (Json test : group.objects("tests")) {
          checked++;
          Message message = Message.of(Bytes.ofHex(test.text("msg")).toByteArray());
          if (!key.sign(message).toHex().equals(test.text("sig"))) {
            wrong.add(test.text("tcId"));
          }
        }
      } catch (UsageException notOffered) {
        leftOut++;
      }
    }
    System.out.printf(
        "wycheproof %-46s signed %d, wrong %d; groups left out %d%n",
        file, checked, wrong.size(), leftOut);
    assertThat(wrong).isEmpty();
    assertThat(checked).isPositive();
  }

  /** Refused where we do not offer the hash, or the public exponent is too small. */
  private static LocalKey key(Json group) {
    KeyAlgorithm algorithm =
        KeyAlgorithm.parse(
            "RSA_PKCS1_" + group.text("keySize") + "_" + group.text("sha").replace("-", ""));
    byte[] pkcs8 = Bytes.ofHex(group.text("privateKeyPkcs8")).toByteArray();
    try (SecretBytes material = SecretBytes.takeOver(pkcs8)) {
      return LocalKey.decode(algorithm, material, TestKeys.RANDOM);
    }
  }
}
