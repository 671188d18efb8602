package dev.enclave.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Enclave;
import dev.enclave.KeyInfo;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.SignatureEncoding;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.KeyListing;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.Orphans;
import dev.enclave.campaign.bench.Bench;
import dev.enclave.campaign.bench.SkippingTime;
import dev.enclave.campaign.cloud.Claims;
import dev.enclave.campaign.cloud.CloudUnderTest;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.error.ConnectivityException;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/**
 * A service answers, for good, something else than the public key that a key signs with. Such a key
 * is never used, and can be shown, listed, switched off and destroyed, so that it does not stay.
 */
public abstract class WrongPublicKeyCampaign {

  private static final KeyName NAME = KeyName.of("wrong");

  private static final int MOST_TRIES = 10;

  private final CloudUnderTest cloud;
  private final List<String> tellPublicKeys;
  private final String noPublicKey;

  /**
   * Against this cloud.
   *
   * @param tellPublicKeys the operations whose answers have public keys
   * @param noPublicKey the wrong answer that makes of a public key something else
   */
  protected WrongPublicKeyCampaign(
      CloudUnderTest cloud, List<String> tellPublicKeys, String noPublicKey) {
    this.cloud = cloud;
    this.tellPublicKeys = tellPublicKeys;
    this.noPublicKey = noPublicKey;
  }

  @Test
  void aKeyWhosePublicKeyIsNone_isShownAndDestroyed_andNeverUsed() {
    try (Bench bench = new Bench(cloud);
        Enclave enclave = bench.openCalm()) {
      bench.faults.follow(noPublicKeys());
      assertThat(refusal(() -> create(enclave)))
          .returns(ErrorCode.WRONG_ANSWER, EnclaveException::code);

      ManagedKey key = enclave.admin().key(NAME);
      KeyVersion version = key.info().versions().get(0);
      assertThat(version.publicKeyFault()).isPresent();
      assertThat(version.publicKey()).isEmpty();
      KeyListing listing = enclave.admin().listKeys();
      assertThat(listing.keys()).extracting(KeyInfo::name).contains(NAME);
      assertThat(listing.complete()).isTrue();
      assertThat(enclave.admin().orphans().map(Orphans::find).orElse(List.of())).isEmpty();
      requireUnused(enclave, bench);
      requireDestroyed(key, version);
    }
  }

  /**
   * Tags or labels say which key it is, and the service makes it without them. For others where
   * private keys carry none.
   */
  @Test
  protected void aKeyThatIsMadeWithoutItsLabels_isAWrongAnswer_thatSaysWhatWasAsked() {
    try (Bench bench = new Bench(cloud);
        Enclave enclave = bench.openCalm()) {
      bench.faults.follow(
          FaultPlan.NONE.every(cloud.requests().creates().get(0), 1, Fault.wrong("unlabelled")));
      SkippingTime time = bench.time();
      assertThat(refusal(() -> readLater(create(enclave), bench, time)))
          .isInstanceOf(IntegrityException.class)
          .hasMessageContainingAll("enclave", "key", "algorithm", NAME.value())
          .hasMessageNotContaining("another operation");
    }
  }

  /** What it signs with is another key than the one whose public key it tells. */
  @Test
  void aKeyThatSignsWithAnother_isShownAndDestroyed_andReleasesNothing() {
    try (Bench bench = new Bench(cloud);
        Enclave enclave = bench.openCalm()) {
      bench.faults.follow(
          FaultPlan.NONE.every(cloud.requests().sign(), 1, Fault.wrong("another-key")));
      SigningKey signing = create(enclave);
      assertThat(refusal(() -> signing.sign(Claims.MESSAGE)))
          .returns(ErrorCode.SIGNATURE_UNVERIFIABLE, EnclaveException::code);

      ManagedKey key = enclave.admin().key(NAME);
      requireDestroyed(key, key.info().versions().get(0));
    }
  }

  /** Where the answer to a creation tells no tags, whoever reads them later finds that out. */
  private static void readLater(SigningKey made, Bench bench, SkippingTime time) {
    time.skip(Duration.ofMinutes(10));
    try (Enclave later = bench.openCalm(time)) {
      later.signingKeys().key(made.handle()).info();
    }
  }

  private void requireUnused(Enclave enclave, Bench bench) {
    int before = bench.journal().size();
    SigningKey signing = enclave.signingKeys().key(NAME);
    assertThat(refusal(() -> signing.sign(Claims.MESSAGE)))
        .returns(ErrorCode.WRONG_ANSWER, EnclaveException::code)
        .hasMessageContaining("public key is none");
    assertThat(refusal(signing::publicKey)).isInstanceOf(IntegrityException.class);
    assertThat(refusal(() -> signing.verify(Claims.MESSAGE, new byte[64], SignatureEncoding.P1363)))
        .returns(ErrorCode.WRONG_ANSWER, EnclaveException::code);
    assertThat(bench.journalSince(before))
        .noneMatch(entry -> entry.operation().equals(cloud.requests().sign()));
  }

  /** What a call ends with, when a busy machine has not ended it. */
  private static EnclaveException refusal(ThrowingCallable call) {
    EnclaveException thrown = catchThrowableOfType(EnclaveException.class, call);
    for (int more = 1; more < MOST_TRIES && thrown instanceof ConnectivityException; more++) {
      thrown = catchThrowableOfType(EnclaveException.class, call);
    }
    return thrown;
  }

  private static void requireDestroyed(ManagedKey key, KeyVersion version) {
    assertThat(key.disable(version.id()).versions().get(0).state()).isEqualTo(KeyState.DISABLED);
    assertThat(key.destroy(version.id()).versions().get(0).state()).isEqualTo(KeyState.DESTROYED);
  }

  private static SigningKey create(Enclave enclave) {
    return enclave.createKey(
        KeySpec.named(NAME.value()).algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
  }

  private FaultPlan noPublicKeys() {
    FaultPlan plan = FaultPlan.NONE;
    for (String operation : tellPublicKeys) {
      plan = plan.every(operation, 1, Fault.wrong(noPublicKey));
    }
    return plan;
  }
}
