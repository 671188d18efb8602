package dev.enclave.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningAlgorithm;
import dev.enclave.error.EnclaveException;
import dev.enclave.spi.SecretBytes;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class OlderBouncyCastleTest {

  /** Loaded by {@link OlderBouncyCastle}; says what comes of each use. */
  public static final class Uses implements Supplier<List<String>> {

    @Override
    public List<String> get() {
      return List.of(
          outcome(
              () ->
                  PublicKeyInfo.fromJwk(
                      "{\"kty\":\"OKP\",\"crv\":\"Ed25519\","
                          + "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
                      SigningAlgorithm.ED25519)),
          outcome(() -> LocalKey.generate(SigningAlgorithm.ED25519, new SecureRandom())),
          outcome(() -> CryptoEngines.inventory()),
          outcome(() -> AesKeyWrap.KWP.wrap(key(), key())));
    }

    private static SecretBytes key() {
      return SecretBytes.takeOver(new byte[32]);
    }

    private static String outcome(Supplier<Object> use) {
      try {
        return "worked: " + use.get();
      } catch (EnclaveException e) {
        return e.code() + ": " + e.getMessage();
      }
    }
  }

  @Test
  void isRefusedWithItsVersionAndWhatToDo_whateverIsUsedFirst() throws Exception {
    Object uses =
        new OlderBouncyCastle()
            .loadClass(Uses.class.getName())
            .getDeclaredConstructor()
            .newInstance();
    assertThat((List<?>) ((Supplier<?>) uses).get())
        .hasSize(4)
        .allSatisfy(
            said ->
                assertThat(said.toString())
                    .startsWith("LIBRARY_TOO_OLD: Bouncy Castle 1.73 is on the class path")
                    .contains("needs 1.74 or newer", "bcprov-jdk18on"));
  }
}
