package dev.enclave.emulators.gcp;

import static com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm.EC_SIGN_ED25519;
import static dev.enclave.emulators.gcp.GcpKeys.version;
import static dev.enclave.emulators.gcp.GcpRefusals.assertRefused;
import static dev.enclave.emulators.gcp.GcpRefusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.api.gax.rpc.StatusCode.Code;
import com.google.cloud.kms.v1.AsymmetricSignRequest;
import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.cloud.kms.v1.KeyManagementServiceClient;
import com.google.cloud.kms.v1.ProtectionLevel;
import com.google.protobuf.ByteString;
import com.google.protobuf.FieldMask;
import com.google.rpc.PreconditionFailure;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.emulators.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GcpVersionStatesTest {

  private static final Duration GENERATION = Duration.ofMinutes(2);
  private static final Duration LAG = Duration.ofMinutes(1);
  private static final Duration MONTH = Duration.ofDays(30);

  private final ManualClock clock = new ManualClock();
  private final GcpKmsServer server =
      GcpKmsServer.builder()
          .clock(clock)
          .tokenLifetime(Duration.ofDays(365))
          .generationTime(GENERATION)
          .eventualConsistency(LAG)
          .start();
  private final KeyManagementServiceClient kms = GcpClients.kms(server);
  private final CryptoKey key =
      kms.createCryptoKey(
          GcpKeys.ring(kms, server).getName(), "key", GcpKeys.signing(EC_SIGN_ED25519).build());
  private final String first = version(key, 1);

  @AfterEach
  void stop() {
    kms.close();
    server.close();
  }

  @Test
  void anAsymmetricVersionIsPendingAtFirst_andOfNoUse() {
    assertThat(state()).isEqualTo(CryptoKeyVersionState.PENDING_GENERATION);
    assertThat(kms.getCryptoKeyVersion(first).hasGenerateTime()).isFalse();
    assertRefused(() -> kms.getPublicKey(first), Code.FAILED_PRECONDITION);
    assertThat(preconditions(() -> sign(first)))
        .containsExactly("KEY_PENDING_GENERATION of " + first);

    clock.advance(GENERATION);

    assertThat(state()).isEqualTo(CryptoKeyVersionState.ENABLED);
    assertThat(kms.getCryptoKeyVersion(first).hasGenerateTime()).isTrue();
    assertThat(sign(first).size()).isEqualTo(64);
  }

  @Test
  void aPendingVersionChangesItsStateByItselfAlone() {
    assertRefused(() -> update(CryptoKeyVersionState.DISABLED), Code.FAILED_PRECONDITION);
    assertRefused(() -> kms.destroyCryptoKeyVersion(first), Code.FAILED_PRECONDITION);
    assertRefused(() -> kms.restoreCryptoKeyVersion(first), Code.FAILED_PRECONDITION);
  }

  @Test
  void aSymmetricVersionIsNeverPending() {
    CryptoKey symmetric =
        kms.createCryptoKey(
            key.getName().replaceFirst("/cryptoKeys/.*", ""),
            "symmetric",
            GcpKeys.encrypting(ProtectionLevel.HSM).build());

    assertThat(symmetric.getPrimary().getState()).isEqualTo(CryptoKeyVersionState.ENABLED);
  }

  @Test
  void aDisabledVersionStaysUsableForAWhile_andAnEnabledOneIsSoAtOnce() {
    clock.advance(GENERATION);

    assertThat(update(CryptoKeyVersionState.DISABLED).getState())
        .isEqualTo(CryptoKeyVersionState.DISABLED);
    assertThat(sign(first).size()).isEqualTo(64);
    clock.advance(LAG);
    assertThat(preconditions(() -> sign(first))).containsExactly("KEY_DISABLED of " + first);

    update(CryptoKeyVersionState.ENABLED);
    assertThat(sign(first).size()).isEqualTo(64);
  }

  @Test
  void aDestroyedVersionWaits_andThenIsGoneForGood() {
    clock.advance(GENERATION);

    CryptoKeyVersion scheduled = kms.destroyCryptoKeyVersion(first);

    assertThat(scheduled.getState()).isEqualTo(CryptoKeyVersionState.DESTROY_SCHEDULED);
    assertThat(scheduled.getDestroyTime().getSeconds())
        .isCloseTo(
            clock.instant().plus(MONTH).getEpochSecond(),
            org.assertj.core.api.Assertions.within(60L));
    assertRefused(() -> sign(first), Code.FAILED_PRECONDITION, "DESTROY_SCHEDULED");

    clock.advance(MONTH);

    CryptoKeyVersion destroyed = kms.getCryptoKeyVersion(first);
    assertThat(destroyed.getState()).isEqualTo(CryptoKeyVersionState.DESTROYED);
    assertThat(destroyed.hasDestroyTime()).isFalse();
    assertThat(destroyed.getDestroyEventTime()).isEqualTo(scheduled.getDestroyTime());
    assertRefused(() -> kms.restoreCryptoKeyVersion(first), Code.FAILED_PRECONDITION);
    assertRefused(() -> update(CryptoKeyVersionState.ENABLED), Code.FAILED_PRECONDITION);
    assertRefused(() -> kms.getPublicKey(first), Code.FAILED_PRECONDITION, "DESTROYED");
  }

  @Test
  void aRestoredVersionIsDisabled() {
    clock.advance(GENERATION);
    kms.destroyCryptoKeyVersion(first);

    CryptoKeyVersion restored = kms.restoreCryptoKeyVersion(first);

    assertThat(restored.getState()).isEqualTo(CryptoKeyVersionState.DISABLED);
    assertThat(restored.hasDestroyTime()).isFalse();
    clock.advance(MONTH);
    assertThat(state()).isEqualTo(CryptoKeyVersionState.DISABLED);
  }

  @Test
  void aKeySaysHowLongDestructionWaits() {
    CryptoKey hasty =
        kms.createCryptoKey(
            key.getName().replaceFirst("/cryptoKeys/.*", ""),
            "hasty",
            GcpKeys.signing(EC_SIGN_ED25519)
                .setDestroyScheduledDuration(
                    com.google.protobuf.Duration.newBuilder().setSeconds(86_400))
                .build());
    clock.advance(GENERATION);
    kms.destroyCryptoKeyVersion(version(hasty, 1));
    clock.advance(Duration.ofDays(1));

    assertThat(kms.getCryptoKeyVersion(version(hasty, 1)).getState())
        .isEqualTo(CryptoKeyVersionState.DESTROYED);
  }

  @Test
  void versionsAreNumberedOneByOne_andListedAsNumbers() {
    IntStream.range(0, 11)
        .forEach(
            any ->
                kms.createCryptoKeyVersion(key.getName(), CryptoKeyVersion.getDefaultInstance()));

    List<String> names =
        StreamSupport.stream(
                kms.listCryptoKeyVersions(key.getName()).iterateAll().spliterator(), false)
            .map(CryptoKeyVersion::getName)
            .toList();

    assertThat(names)
        .isEqualTo(IntStream.rangeClosed(1, 12).mapToObj(n -> version(key, n)).toList());
  }

  @Test
  void onlyTheStateOfAVersionCanBeUpdated() {
    clock.advance(GENERATION);
    CryptoKeyVersion wanted =
        CryptoKeyVersion.newBuilder()
            .setName(first)
            .setState(CryptoKeyVersionState.DESTROYED)
            .build();

    assertRefused(() -> kms.updateCryptoKeyVersion(wanted, mask("state")), Code.INVALID_ARGUMENT);
    assertRefused(
        () -> kms.updateCryptoKeyVersion(wanted, mask("algorithm")), Code.INVALID_ARGUMENT);
    assertRefused(
        () -> kms.updateCryptoKeyVersion(wanted, FieldMask.getDefaultInstance()),
        Code.INVALID_ARGUMENT);
  }

  private CryptoKeyVersionState state() {
    return kms.getCryptoKeyVersion(first).getState();
  }

  private CryptoKeyVersion update(CryptoKeyVersionState state) {
    return kms.updateCryptoKeyVersion(
        CryptoKeyVersion.newBuilder().setName(first).setState(state).build(), mask("state"));
  }

  private static FieldMask mask(String path) {
    return FieldMask.newBuilder().addPaths(path).build();
  }

  private ByteString sign(String name) {
    return kms.asymmetricSign(
            AsymmetricSignRequest.newBuilder()
                .setName(name)
                .setData(ByteString.copyFromUtf8("x"))
                .build())
        .getSignature();
  }

  private static List<String> preconditions(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    PreconditionFailure failure =
        Objects.requireNonNull(refusal(call).getErrorDetails().getPreconditionFailure());
    return failure.getViolationsList().stream()
        .map(violation -> violation.getType() + " of " + violation.getSubject())
        .toList();
  }
}
