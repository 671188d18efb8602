package dev.enclave.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.crypto.internal.bouncycastle.AesGcm;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.SecretBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The vectors for AES-256-GCM and RSAES-OAEP. */
@Tag("needs-wycheproof")
@Tag("each-engine")
class WycheproofSealingTest {

  @Test
  void agreesWithWycheproof_onAes256Gcm() {
    List<Json> groups = Wycheproof.groups("aes_gcm_test.json");
    List<String> wrong = new ArrayList<>();
    int checked = 0;
    int leftOut = 0;
    for (Json group : groups) {
      if (!group.text("keySize").equals("256")
          || !group.text("ivSize").equals("96")
          || !group.text("tagSize").equals("128")) {
        leftOut++;
        continue;
      }
      for (Json test : group.objects("tests")) {
        checked++;
        Optional<Bytes> opened = gcm(test);
        Optional<Bytes> expected =
            Optional.of(hex(test, "msg")).filter(m -> test.text("result").equals("valid"));
        if (!opened.equals(expected) || (expected.isPresent() && !sealsTheSame(test))) {
          wrong.add(test.text("tcId"));
        }
      }
    }
    System.out.printf(
        "wycheproof %-46s checked %d, wrong %d; groups left out %d%n",
        "aes_gcm_test.json", checked, wrong.size(), leftOut);
    assertThat(wrong).isEmpty();
    assertThat(checked).isPositive();
  }

  private static Optional<Bytes> gcm(Json test) {
    Bytes sealed = Bytes.ofHex(test.text("ct") + test.text("tag"));
    try {
      return Optional.of(
          Bytes.of(
              AesGcm.decrypt(
                  bytes(test, "key"),
                  bytes(test, "iv"),
                  bytes(test, "aad"),
                  sealed.toByteArray())));
    } catch (EnclaveException refused) {
      assertThat(refused.code()).isEqualTo(ErrorCode.SEALED_DATA_CORRUPT);
      return Optional.empty();
    }
  }

  private static boolean sealsTheSame(Json test) {
    byte[] sealed =
        AesGcm.encrypt(
            bytes(test, "key"), bytes(test, "iv"), bytes(test, "aad"), bytes(test, "msg"));
    return Bytes.of(sealed).toHex().equals(test.text("ct") + test.text("tag"));
  }

  @ParameterizedTest
  @CsvSource({
    "rsa_oaep_3072_sha256_mgf1sha256_test.json, RSA_OAEP_3072_SHA256",
    "rsa_oaep_4096_sha256_mgf1sha256_test.json, RSA_OAEP_4096_SHA256"
  })
  void agreesWithWycheproof_onOaep(String file, KeyAlgorithm algorithm) {
    List<Json> groups = Wycheproof.groups(file);
    List<String> wrong = new ArrayList<>();
    int checked = 0;
    int leftOut = 0;
    for (Json group : groups) {
      byte[] pkcs8 = bytes(group, "privateKeyPkcs8");
      try (SecretBytes material = SecretBytes.takeOver(pkcs8);
          LocalKey key = LocalKey.decode(algorithm, material, TestKeys.RANDOM)) {
        for (Json test : group.objects("tests")) {
          if (!test.text("label").isEmpty() || test.text("msg").isEmpty()) {
            leftOut++;
            continue;
          }
          checked++;
          Optional<Bytes> expected =
              Optional.of(hex(test, "msg")).filter(m -> test.text("result").equals("valid"));
          if (!unwrap(key, hex(test, "ct")).equals(expected)) {
            wrong.add(test.text("tcId"));
          }
        }
      }
    }
    System.out.printf(
        "wycheproof %-46s checked %d, wrong %d; tests with a label or without a message left out"
            + " %d%n",
        file, checked, wrong.size(), leftOut);
    assertThat(wrong).isEmpty();
    assertThat(checked).isPositive();
  }

  private static Optional<Bytes> unwrap(LocalKey key, Bytes wrapped) {
    try (SecretBytes opened = key.unwrap(wrapped)) {
      return Optional.of(Bytes.of(opened.exposeSecret()));
    } catch (EnclaveException refused) {
      assertThat(refused.code()).isEqualTo(ErrorCode.SEALED_DATA_CORRUPT);
      return Optional.empty();
    }
  }

  private static byte[] bytes(Json test, String name) {
    return hex(test, name).toByteArray();
  }

  private static Bytes hex(Json test, String name) {
    return Bytes.ofHex(test.text(name));
  }
}
