package dev.enclave.core.internal.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.SecurityPolicy;
import dev.enclave.SigningAlgorithm;
import dev.enclave.core.internal.config.Configuration.Adoption;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.PolicyException;
import dev.enclave.spi.KeySnapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class KeyPolicyTest {

  private static final Optional<Adoption> NOT_ADOPTED = Optional.empty();
  private static final Optional<Adoption> ADOPTED = Optional.of(new Adoption("uri", false));
  private static final Optional<Adoption> ACCEPTING = Optional.of(new Adoption("uri", true));

  /** One row per environment and stamp: what becomes of a key that is adopted, and that is not. */
  @ParameterizedTest
  @CsvSource({
    "PRODUCTION,  PRODUCTION,  ok",
    "PRODUCTION,  STAGING,     STAMP_MISMATCH",
    "PRODUCTION,  DEVELOPMENT, STAMP_MISMATCH",
    "PRODUCTION,  LOCAL,       STAMP_MISMATCH",
    "STAGING,     PRODUCTION,  STAMP_MISMATCH",
    "STAGING,     STAGING,     ok",
    "STAGING,     DEVELOPMENT, STAMP_MISMATCH",
    "STAGING,     LOCAL,       STAMP_MISMATCH",
    "DEVELOPMENT, PRODUCTION,  STAMP_MISMATCH",
    "DEVELOPMENT, STAGING,     STAMP_MISMATCH",
    "DEVELOPMENT, DEVELOPMENT, ok",
    "DEVELOPMENT, LOCAL,       ok",
    "LOCAL,       PRODUCTION,  STAMP_MISMATCH",
    "LOCAL,       STAGING,     STAMP_MISMATCH",
    "LOCAL,       DEVELOPMENT, ok",
    "LOCAL,       LOCAL,       ok"
  })
  void aStampBindsAKeyToItsEnvironment_adoptedOrNot(
      EnvironmentType here, EnvironmentType stamp, String expected) {
    for (Optional<Adoption> adoption : List.of(NOT_ADOPTED, ADOPTED, ACCEPTING)) {
      assertThat(use(here, StampReading.of(stamp), adoption)).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "PRODUCTION,  false, STAMP_MISSING",
    "PRODUCTION,  true,  ok",
    "STAGING,     false, STAMP_MISSING",
    "STAGING,     true,  ok",
    "DEVELOPMENT, false, ok",
    "DEVELOPMENT, true,  ok",
    "LOCAL,       false, ok",
    "LOCAL,       true,  ok"
  })
  void adoptionStandsInForAMissingStamp(EnvironmentType here, boolean adopted, String expected) {
    assertThat(use(here, StampReading.none(), adopted ? ADOPTED : NOT_ADOPTED)).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource
  void noEnvironmentTakesAnUnreadableStampForAMissingOne(EnvironmentType here) {
    StampReading unreadable = StampReading.unreadable("tags are denied", "Grant ReadTags");

    assertThat(use(here, unreadable, NOT_ADOPTED)).isEqualTo("STAMP_UNREADABLE");
    assertThat(use(here, unreadable, ADOPTED)).isEqualTo("STAMP_UNREADABLE");
    assertThat(use(here, unreadable, ACCEPTING)).isEqualTo("ok");
  }

  @Test
  void namesTheCauseThePermissionAndTheSetting_whenAStampIsUnreadable() {
    KeySnapshot key =
        key(
            StampReading.unreadable("tags are denied", "Grant ReadTags"),
            List.of(version(KeyState.ACTIVE, Assurance.HSM)));

    assertThatThrownBy(
            () -> policy(EnvironmentType.PRODUCTION).requireUsable(BackendId.AWS_KMS, key, ADOPTED))
        .hasMessage(
            "The environment stamp of key wallet cannot be read (tags are denied), so the key may"
                + " have been made for another environment type, and this is PRODUCTION. Grant"
                + " ReadTags, or set enclave.keys.wallet.accept-unreadable-stamp=true if the key"
                + " belongs here.");
  }

  private static String use(EnvironmentType here, StampReading stamp, Optional<Adoption> adoption) {
    KeySnapshot key = key(stamp, List.of(version(KeyState.ACTIVE, Assurance.HSM)));
    try {
      policy(here).requireUsable(BackendId.AWS_KMS, key, adoption);
      return "ok";
    } catch (PolicyException e) {
      return e.code().name();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aVersionNeedsTheMinimumAssurance(EnvironmentType here) {
    Assurance minimum = SecurityPolicy.defaultsFor(here).minimumAssurance();
    for (Assurance given : Assurance.values()) {
      KeyVersion version = version(KeyState.ACTIVE, given);
      if (given.atLeast(minimum)) {
        assertThatCode(
                () -> policy(here).requireVersion(BackendId.AWS_KMS, KeyName.of("k"), version))
            .doesNotThrowAnyException();
      } else {
        assertCode(
            ErrorCode.ASSURANCE_TOO_LOW,
            () -> policy(here).requireVersion(BackendId.AWS_KMS, KeyName.of("k"), version));
      }
    }
  }

  /** A declared LOCAL is enough for the key file of the software backend, and for nothing else. */
  @Test
  void aKeyThatLiesUnencryptedNeedsAnAcknowledgement() {
    KeyPolicy policy = new KeyPolicy(SecurityPolicy.defaultsFor(EnvironmentType.LOCAL), false);
    KeyVersion version = version(KeyState.ACTIVE, Assurance.PLAINTEXT);

    assertCode(
        ErrorCode.REDUCED_SECURITY_NOT_ACKNOWLEDGED,
        () -> policy.requireVersion(BackendId.of("theirs"), KeyName.of("k"), version));
    assertThatCode(() -> policy.requireVersion(BackendId.SOFTWARE, KeyName.of("k"), version))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "PRODUCTION,  IMPORTED, false",
    "PRODUCTION,  UNKNOWN,  false",
    "STAGING,     IMPORTED, false",
    "STAGING,     UNKNOWN,  false",
    "DEVELOPMENT, IMPORTED, true",
    "DEVELOPMENT, UNKNOWN,  true",
    "LOCAL,       IMPORTED, true",
    "LOCAL,       UNKNOWN,  true"
  })
  void foreignOriginsStayOutOfStrictEnvironments(
      EnvironmentType here, KeyOrigin origin, boolean allowed) {
    KeyVersion version = version(KeyState.ACTIVE, Assurance.HSM, origin);
    if (allowed) {
      assertThatCode(() -> policy(here).requireVersion(BackendId.AWS_KMS, KeyName.of("k"), version))
          .doesNotThrowAnyException();
    } else {
      assertCode(
          ErrorCode.ORIGIN_NOT_ALLOWED,
          () -> policy(here).requireVersion(BackendId.AWS_KMS, KeyName.of("k"), version));
    }
  }

  @Test
  void adoptionDoesNotStandInForOriginOrAssurance() {
    KeySnapshot imported =
        key(
            StampReading.none(),
            List.of(version(KeyState.ACTIVE, Assurance.HSM, KeyOrigin.IMPORTED)));
    KeySnapshot weak =
        key(StampReading.none(), List.of(version(KeyState.ACTIVE, Assurance.SOFTWARE)));
    KeyPolicy policy = policy(EnvironmentType.PRODUCTION);

    assertCode(
        ErrorCode.ORIGIN_NOT_ALLOWED,
        () -> policy.requireUsable(BackendId.AWS_KMS, imported, ADOPTED));
    assertCode(
        ErrorCode.ASSURANCE_TOO_LOW, () -> policy.requireUsable(BackendId.AWS_KMS, weak, ADOPTED));
  }

  /** A retired version makes nothing new, so a raised minimum does not block its key. */
  @ParameterizedTest
  @CsvSource({
    "ACTIVE, false",
    "PENDING, false",
    "VERIFY_ONLY, true",
    "DISABLED, true",
    "DESTROYED, true"
  })
  void onlyVersionsThatProduceOrWillAreHeldToTheAssurance(KeyState state, boolean allowed) {
    List<KeyVersion> versions = new ArrayList<>();
    versions.add(version(state, Assurance.SOFTWARE));
    KeySnapshot key = key(StampReading.of(EnvironmentType.PRODUCTION), versions);
    KeyPolicy policy = policy(EnvironmentType.PRODUCTION);

    if (allowed) {
      assertThatCode(() -> policy.requireUsable(BackendId.AWS_KMS, key, Optional.empty()))
          .doesNotThrowAnyException();
    } else {
      assertCode(
          ErrorCode.ASSURANCE_TOO_LOW,
          () -> policy.requireUsable(BackendId.AWS_KMS, key, Optional.empty()));
    }
  }

  @Test
  void backendsAndAlgorithmsNotListedAreRefused_forNewAndForOldKeys() {
    KeyPolicy policy =
        new KeyPolicy(
            SecurityPolicy.defaultsFor(EnvironmentType.LOCAL)
                .withBackends(Set.of(BackendId.OS))
                .withAlgorithms(Set.of(SigningAlgorithm.ECDSA_P256_SHA256)),
            false);
    KeySnapshot key =
        key(
            StampReading.of(EnvironmentType.LOCAL),
            List.of(version(KeyState.ACTIVE, Assurance.SOFTWARE)));

    assertCode(
        ErrorCode.BACKEND_NOT_ALLOWED,
        () -> policy.requireCreatable(BackendId.SOFTWARE, SigningAlgorithm.ECDSA_P256_SHA256));
    assertCode(
        ErrorCode.ALGORITHM_NOT_ALLOWED,
        () -> policy.requireCreatable(BackendId.OS, SigningAlgorithm.ED25519));
    assertCode(
        ErrorCode.BACKEND_NOT_ALLOWED,
        () -> policy.requireUsable(BackendId.SOFTWARE, key, ADOPTED));
    assertCode(
        ErrorCode.ALGORITHM_NOT_ALLOWED, () -> policy.requireUsable(BackendId.OS, key, ADOPTED));
    assertThatCode(() -> policy.requireCreatable(BackendId.OS, SigningAlgorithm.ECDSA_P256_SHA256))
        .doesNotThrowAnyException();
  }

  private static void assertCode(ErrorCode code, Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(EnclaveException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static KeyPolicy policy(EnvironmentType here) {
    return new KeyPolicy(SecurityPolicy.defaultsFor(here), true);
  }

  private static KeySnapshot key(StampReading stamp, List<KeyVersion> versions) {
    return KeySnapshot.of(KeyName.of("wallet"), SigningAlgorithm.ED25519, versions, "uri:wallet")
        .withStamp(stamp)
        .withCreatedAt(Instant.EPOCH);
  }

  private static KeyVersion version(KeyState state, Assurance assurance) {
    return version(state, assurance, KeyOrigin.GENERATED);
  }

  private static KeyVersion version(KeyState state, Assurance assurance, KeyOrigin origin) {
    return KeyVersion.of(KeyVersionId.of("1"), state, Instant.EPOCH, "uri:wallet/1")
        .withAssurance(assurance)
        .withOrigin(origin);
  }
}
