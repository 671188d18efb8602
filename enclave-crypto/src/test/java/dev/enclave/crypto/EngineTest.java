package dev.enclave.crypto;

import static dev.enclave.crypto.Errors.assertCode;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.crypto.internal.LocalPublicKeyEngine;
import dev.enclave.diagnosis.Diagnosis;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.PublicKeyEngine;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.security.Security;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("each-engine")
class EngineTest {

  static Stream<WrappingAlgorithm> oaep() {
    return TestKeys.wrapping().filter(KeyAlgorithm::asymmetric);
  }

  @Test
  void isFoundOnTheClassPath() {
    assertThat(PublicKeyEngine.get()).isInstanceOf(LocalPublicKeyEngine.class);
    assertThat(ServiceLoader.load(PublicKeyEngine.class)).hasSize(1);
  }

  @Test
  void isProvidedByTheModuleToo() throws Exception {
    Path classes =
        Path.of(
            LocalPublicKeyEngine.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    assertThat(
            ModuleFinder.of(classes)
                .find("dev.enclave.crypto")
                .orElseThrow()
                .descriptor()
                .provides())
        .anySatisfy(
            provides -> {
              assertThat(provides.service()).isEqualTo(PublicKeyEngine.class.getName());
              assertThat(provides.providers())
                  .containsExactly(LocalPublicKeyEngine.class.getName());
            });
  }

  @Test
  void registersNoJcaProvider() {
    CryptoEngines.inventory();
    TestKeys.of(SigningAlgorithm.ED25519);
    assertThat(Security.getProvider("BC")).isNull();
  }

  @Test
  void inventoryNamesLibraryAndVersion_forEveryAlgorithm() {
    assertThat(CryptoEngines.inventory())
        .extracting(Diagnosis.EngineInfo::algorithm)
        .isEqualTo(KeyAlgorithm.all());
    assertThat(CryptoEngines.inventory())
        .allSatisfy(
            info ->
                assertThat(info.engine()).matches("(Bouncy Castle|Amazon|lib).* \\d+\\.\\d+.*"));
  }

  /** The module's tests run twice, once with the accelerators and once without. */
  @ParameterizedTest
  @MethodSource("dev.enclave.KeyAlgorithm#all")
  void isTheOneThatThisRunIsFor(KeyAlgorithm algorithm) {
    assertThat(TestEngines.of(algorithm)).startsWith(TestEngines.expected(algorithm));
  }

  @ParameterizedTest
  @MethodSource("oaep")
  void refusesToVerify_withAKeyForWrapping(KeyAlgorithm algorithm) {
    PublicKeyInfo key = TestKeys.of(algorithm).publicKey().orElseThrow();
    assertCode(ErrorCode.WRONG_PURPOSE, () -> SignatureVerifier.of(key));
    assertCode(ErrorCode.WRONG_PURPOSE, () -> PublicKeyEngine.get().verifier(key));
  }
}
