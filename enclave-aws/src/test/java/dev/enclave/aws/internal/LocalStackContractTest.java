package dev.enclave.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.aws.internal.calls.AwsSession;
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
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.model.KmsException;

/** The contracts against LocalStack, as far as it does what AWS documents. */
@NeedsLocalStack
@ConformanceRecord(
    backend = "aws-kms",
    against = RanAgainst.THIRD_PARTY,
    what = "LocalStack, in a container")
@Tag("full")
class LocalStackContractTest
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

  private static LocalStack localStack;

  @BeforeAll
  static void start() {
    localStack = LocalStack.start();
  }

  @AfterAll
  static void stop() {
    localStack.close();
  }

  /** Not applicable: by its sources LocalStack fails on bytes too short for a ciphertext of its. */
  @Test
  @Override
  public void refusesWhatWasNeverAWrapping() {
    try (AwsSession session = Sessions.with(localStack.endpoint(), LocalStack.ACCOUNT)) {
      String keyId = session.kms().createKey().keyMetadata().keyId();
      assertThatThrownBy(
              () ->
                  session
                      .kms()
                      .decrypt(
                          r -> r.keyId(keyId).ciphertextBlob(SdkBytes.fromByteArray(new byte[1]))))
          .as("LocalStack has learned it; delete this")
          .isInstanceOfSatisfying(
              KmsException.class, e -> assertThat(e.statusCode()).isGreaterThanOrEqualTo(500));
    }
  }

  @Override
  public BackendHarness harness() {
    Supplier<AwsSession> sessions = () -> Sessions.with(localStack.endpoint(), LocalStack.ACCOUNT);
    return BackendHarness.of(
            new TestProvider(sessions, NarrowedBackend::byLocalStack), new SecureRandom())
        .expecting(NarrowedBackend.TRAITS)
        .adopting(new ForeignKmsKeys(sessions)::place);
  }
}
