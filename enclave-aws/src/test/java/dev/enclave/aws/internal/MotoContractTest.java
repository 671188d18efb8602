package dev.enclave.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningInput;
import dev.enclave.aws.internal.calls.AwsSession;
import dev.enclave.aws.internal.keys.KmsScheme;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.conformance.ConformanceRecord;
import dev.enclave.testkit.conformance.RanAgainst;
import dev.enclave.testkit.contract.AdoptionContract;
import dev.enclave.testkit.contract.ClosingContract;
import dev.enclave.testkit.contract.ConcurrencyContract;
import dev.enclave.testkit.contract.ErrorContract;
import dev.enclave.testkit.contract.IntervalContract;
import dev.enclave.testkit.contract.KeyLifecycleContract;
import dev.enclave.testkit.contract.PreparationContract;
import dev.enclave.testkit.contract.RotationContract;
import dev.enclave.testkit.contract.SigningContract;
import dev.enclave.testkit.contract.StampContract;
import dev.enclave.testkit.contract.StateContract;
import dev.enclave.testkit.contract.WrappingContract;
import java.security.SecureRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import software.amazon.awssdk.core.SdkBytes;

/** The contracts against moto, as far as it does what AWS documents. */
@ConformanceRecord(
    backend = "aws-kms",
    against = RanAgainst.THIRD_PARTY,
    what = "moto, as Debian has it")
@Tag("needs-moto")
@Tag("full")
class MotoContractTest
    implements KeyLifecycleContract,
        StateContract,
        SigningContract,
        PreparationContract,
        IntervalContract,
        RotationContract,
        WrappingContract,
        StampContract,
        AdoptionContract,
        ErrorContract,
        ConcurrencyContract,
        ClosingContract {

  private static MotoServer moto;

  @BeforeAll
  static void start() {
    moto = MotoServer.start();
  }

  @AfterAll
  static void stop() {
    moto.close();
  }

  /** Not applicable: what is narrowed for moto's sake, the backend itself does take. */
  @Test
  @Override
  public void doesNotSign_anUndeclaredInput() {
    SigningInput digest = Digest.of(DigestAlgorithm.SHA_256, new byte[32]);
    assertThat(new KmsScheme(SigningAlgorithm.ECDSA_P256_SHA256).support().takes(digest)).isTrue();
  }

  /** Not applicable: moto answers AccessDenied to bytes that are no ciphertext. */
  @Test
  @Override
  public void refusesWhatWasNeverAWrapping() {
    try (AwsSession session = Sessions.with(moto.endpoint(), MotoServer.ACCOUNT)) {
      String keyId = session.kms().createKey().keyMetadata().keyId();
      assertThatThrownBy(
              () ->
                  session
                      .kms()
                      .decrypt(
                          r ->
                              r.keyId(keyId).ciphertextBlob(SdkBytes.fromByteArray(new byte[384]))))
          .as("moto has learned it; delete this")
          .hasMessageContaining("AccessDenied");
    }
  }

  /** Not applicable: moto signs with keys that are disabled, and with those pending deletion. */
  @TestFactory
  @Override
  public Stream<DynamicTest> doesNotSign_byAReferenceFromBefore() {
    return Stream.of(
        DynamicTest.dynamicTest("usesWhatIsDisabled", MotoContractTest::usesWhatIsDisabled));
  }

  /** Not applicable, as {@link #doesNotSign_byAReferenceFromBefore}. */
  @Test
  @Override
  public void doesNotSignWithTheOldVersion_byAReferenceFromBefore() {
    usesWhatIsDisabled();
  }

  /** Not applicable, as {@link #doesNotSign_byAReferenceFromBefore}. */
  @Test
  @Override
  public void neitherWrapsNorUnwraps_byAReferenceFromBefore() {
    usesWhatIsDisabled();
  }

  private static void usesWhatIsDisabled() {
    try (AwsSession session = Sessions.with(moto.endpoint(), MotoServer.ACCOUNT)) {
      String keyId = session.kms().createKey().keyMetadata().keyId();
      session.kms().disableKey(r -> r.keyId(keyId));
      assertThat(
              session
                  .kms()
                  .encrypt(r -> r.keyId(keyId).plaintext(SdkBytes.fromByteArray(new byte[32])))
                  .ciphertextBlob())
          .as("moto has learned it; delete this")
          .isNotNull();
    }
  }

  @Override
  public BackendHarness harness() {
    return BackendHarness.of(
            new TestProvider(
                () -> Sessions.with(moto.endpoint(), MotoServer.ACCOUNT), NarrowedBackend::byMoto),
            new SecureRandom())
        .expecting(NarrowedBackend.TRAITS)
        .adopting(
            new ForeignKmsKeys(() -> Sessions.with(moto.endpoint(), MotoServer.ACCOUNT))::place);
  }
}
