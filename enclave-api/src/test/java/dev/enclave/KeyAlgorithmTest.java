package dev.enclave;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What JCA has to be told besides the name. */
class KeyAlgorithmTest {

  @ParameterizedTest
  @CsvSource({
    "RSA_PSS_2048_SHA256, SHA-256, 32",
    "RSA_PSS_3072_SHA256, SHA-256, 32",
    "RSA_PSS_4096_SHA256, SHA-256, 32",
    "RSA_PSS_4096_SHA512, SHA-512, 64"
  })
  void namesHashMaskAndSaltOfPss(KeyAlgorithm algorithm, String hash, int salt) {
    assertThat(algorithm.jcaParameters())
        .get()
        .isInstanceOfSatisfying(
            PSSParameterSpec.class,
            pss -> {
              assertThat(pss.getDigestAlgorithm()).isEqualTo(hash);
              assertThat(pss.getMGFAlgorithm()).isEqualTo("MGF1");
              assertThat(pss.getMGFParameters())
                  .isInstanceOfSatisfying(
                      MGF1ParameterSpec.class,
                      mgf -> assertThat(mgf.getDigestAlgorithm()).isEqualTo(hash));
              assertThat(pss.getSaltLength()).isEqualTo(salt);
              assertThat(pss.getTrailerField()).isEqualTo(1);
            });
  }

  @Test
  void namesHashAndMaskOfOaep() {
    assertThat(WrappingAlgorithm.RSA_OAEP_3072_SHA256.jcaParameters())
        .get()
        .isInstanceOfSatisfying(
            OAEPParameterSpec.class,
            oaep -> {
              assertThat(oaep.getDigestAlgorithm()).isEqualTo("SHA-256");
              assertThat(oaep.getMGFAlgorithm()).isEqualTo("MGF1");
              assertThat(oaep.getMGFParameters())
                  .isInstanceOfSatisfying(
                      MGF1ParameterSpec.class,
                      mgf -> assertThat(mgf.getDigestAlgorithm()).isEqualTo("SHA-256"));
            });
  }

  @ParameterizedTest
  @MethodSource("dev.enclave.KeyAlgorithm#all")
  void hasParametersForRsaPaddingsWithParametersOnly(KeyAlgorithm algorithm) {
    assertThat(algorithm.jcaParameters().isPresent())
        .isEqualTo(
            algorithm.family() == KeyAlgorithm.Family.RSA_PSS
                || algorithm.family() == KeyAlgorithm.Family.RSA_OAEP);
  }
}
