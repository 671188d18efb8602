package dev.enclave.crypto;

import static dev.enclave.crypto.Errors.assertCode;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Bytes;
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
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AesKeyWrapTest {

  private static final Bytes KEK = Bytes.ofHex("00".repeat(31) + "07");

  @Tag("needs-wycheproof")
  @ParameterizedTest
  @CsvSource({"aes_wrap_test.json, KW", "aes_kwp_test.json, KWP"})
  void agreesWithWycheproof(String file, AesKeyWrap scheme) {
    List<Json> groups = Wycheproof.groups(file);
    List<String> wrong = new ArrayList<>();
    int accepted = 0;
    int rejected = 0;
    int acceptable = 0;
    for (Json group : groups) {
      for (Json test : group.objects("tests")) {
        Bytes kek = Bytes.ofHex(test.text("key"));
        Bytes message = Bytes.ofHex(test.text("msg"));
        Bytes wrapped = Bytes.ofHex(test.text("ct"));
        Optional<Bytes> opened = unwrap(scheme, kek, wrapped);
        String expected = test.text("result");
        if (expected.equals("acceptable")) {
          acceptable++;
        } else if (expected.equals("valid")) {
          accepted++;
          if (!opened.equals(Optional.of(message)) || !wrap(scheme, kek, message).equals(wrapped)) {
            wrong.add(test.text("tcId") + " " + test.text("comment"));
          }
        } else {
          rejected++;
          if (opened.isPresent()) {
            wrong.add(test.text("tcId") + " " + test.text("comment"));
          }
        }
      }
    }
    System.out.printf(
        "wycheproof %-46s accepted %4d, rejected %4d, acceptable %3d, wrong %d by Bouncy Castle%n",
        file, accepted, rejected, acceptable, wrong.size());
    assertThat(wrong).isEmpty();
    assertThat(accepted).isPositive();
  }

  /** RFC 5649 §6. */
  @ParameterizedTest
  @CsvSource({
    "c37b7e6492584340bed12207808941155068f738,"
        + "138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a",
    "466f7250617369, afbeb0f07dfbf5419200f2ccb50bb24f"
  })
  void wrapsAsRfc5649Says(String key, String wrapped) {
    Bytes kek = Bytes.ofHex("5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8");
    assertThat(wrap(AesKeyWrap.KWP, kek, Bytes.ofHex(key)).toHex()).isEqualTo(wrapped);
  }

  @ParameterizedTest
  @EnumSource
  void refusesAnyChange(AesKeyWrap scheme) {
    Bytes wrapped = wrap(scheme, KEK, Bytes.ofHex("11".repeat(32)));
    for (int bit = 0; bit < 8 * wrapped.size(); bit++) {
      byte[] changed = wrapped.toByteArray();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(unwrap(scheme, KEK, Bytes.of(changed))).isEmpty();
    }
    for (int length = 0; length < wrapped.size(); length++) {
      byte[] cut = java.util.Arrays.copyOf(wrapped.toByteArray(), length);
      assertThat(unwrap(scheme, KEK, Bytes.of(cut))).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 8, 15, 17, 65_537, 65_544})
  void wrapsNothingThatKwCannotTake(int length) {
    assertCode(
        ErrorCode.INVALID_ARGUMENT, () -> wrap(AesKeyWrap.KW, KEK, Bytes.of(new byte[length])));
  }

  @Test
  void wrapsAnythingButNothingByKwp() {
    for (int length = 1; length < 70; length++) {
      Bytes key = Bytes.of(new byte[length]);
      assertThat(unwrap(AesKeyWrap.KWP, KEK, wrap(AesKeyWrap.KWP, KEK, key))).contains(key);
    }
    assertCode(ErrorCode.INVALID_ARGUMENT, () -> wrap(AesKeyWrap.KWP, KEK, Bytes.empty()));
  }

  @ParameterizedTest
  @EnumSource
  void refusesAKekOfAnotherLength(AesKeyWrap scheme) {
    for (int length : new int[] {0, 15, 17, 31, 33}) {
      SecretBytes kek = SecretBytes.takeOver(new byte[length]);
      SecretBytes key = SecretBytes.takeOver(new byte[16]);
      Bytes wrapped = Bytes.of(new byte[24]);
      assertCode(ErrorCode.INVALID_ARGUMENT, () -> scheme.wrap(kek, key));
      assertCode(ErrorCode.INVALID_ARGUMENT, () -> scheme.unwrap(kek, wrapped));
    }
  }

  private static Bytes wrap(AesKeyWrap scheme, Bytes kek, Bytes key) {
    try (SecretBytes secretKek = SecretBytes.takeOver(kek.toByteArray());
        SecretBytes secret = SecretBytes.takeOver(key.toByteArray())) {
      return scheme.wrap(secretKek, secret);
    }
  }

  private static Optional<Bytes> unwrap(AesKeyWrap scheme, Bytes kek, Bytes wrapped) {
    try (SecretBytes secretKek = SecretBytes.takeOver(kek.toByteArray());
        SecretBytes opened = scheme.unwrap(secretKek, wrapped)) {
      return Optional.of(Bytes.of(opened.exposeSecret()));
    } catch (EnclaveException refused) {
      assertThat(refused.code()).isEqualTo(ErrorCode.SEALED_DATA_CORRUPT);
      return Optional.empty();
    }
  }
}
