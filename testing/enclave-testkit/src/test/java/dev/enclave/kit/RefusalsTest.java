package dev.enclave.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.BackendId;
import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import java.util.List;
import org.junit.jupiter.api.Test;

class RefusalsTest {

  private static final Refusals REFUSALS = new Refusals(BackendId.of("keyhouse"), "Keyhouse");
  private static final AlgorithmSupport P256 =
      AlgorithmSupport.digestsOnly(SigningAlgorithm.ECDSA_P256_SHA256);
  private static final List<AlgorithmSupport> OFFERED = List.of(P256);

  @Test
  void givesWhatInputAnOfferedAlgorithmTakes() throws BackendFailure {
    assertThat(REFUSALS.requireOffered(OFFERED, SigningAlgorithm.ECDSA_P256_SHA256))
        .isEqualTo(P256);
    assertThat(
            REFUSALS.requireTaken(
                OFFERED,
                SigningAlgorithm.ECDSA_P256_SHA256,
                Digest.of(DigestAlgorithm.SHA_256, new byte[32])))
        .isEqualTo(P256);
  }

  @Test
  void refusesAnAlgorithmThatIsNotOffered_andNamesThoseThatAre() {
    assertThat(
            catchThrowableOfType(
                BackendFailure.class,
                () ->
                    REFUSALS.requireTaken(
                        OFFERED, SigningAlgorithm.ED25519, Message.ofUtf8("pay"))))
        .returns(FailureCode.UNSUPPORTED, BackendFailure::code)
        .returns(FailureClass.PERMANENT, BackendFailure::failureClass)
        .hasMessage("Keyhouse has no keys for ED25519. Use one of [ECDSA_P256_SHA256].");
  }

  @Test
  void refusesInputThatIsNotTaken() {
    assertThat(
            catchThrowableOfType(
                BackendFailure.class,
                () ->
                    REFUSALS.requireTaken(
                        OFFERED, SigningAlgorithm.ECDSA_P256_SHA256, Message.ofUtf8("pay"))))
        .returns(FailureCode.UNSUPPORTED, BackendFailure::code)
        .hasMessage(REFUSALS.notTaken(P256).getMessage());
  }
}
