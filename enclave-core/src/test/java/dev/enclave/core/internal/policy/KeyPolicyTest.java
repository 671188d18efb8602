package dev.enclave.core.internal.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.EnclaveException;
import dev.enclave.EnvironmentType;
import dev.enclave.ErrorCode;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.PolicyException;
import dev.enclave.RotationInterval;
import dev.enclave.SecurityPolicy;
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
    for (boolean adopted : new boolean[] {false, true}) {
      assertThat(use(here, Optional.of(stamp), adopted)).isEqualTo(expected);
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
    assertThat(use(here, Optional.empty(), adopted)).isEqualTo(expected);
  }

  private static String use(
      EnvironmentType here, Optional<EnvironmentType> stamp, boolean adopted) {
    KeySnapshot key = key(stamp, List.of(version(KeyState.ACTIVE, Assurance.HSM)));
    try {
      policy(here).requireUsable(BackendId.AWS_KMS, key, adopted);
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
        assertThatCode(() -> policy(here).requireVersion(KeyName.of("k"), version))
            .doesNotThrowAnyException();
      } else {
        assertCode(
            ErrorCode.ASSURANCE_TOO_LOW,
            () -> policy(here).requireVersion(KeyName.of("k"), version));
      }
    }
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
      assertThatCode(() -> policy(here).requireVersion(KeyName.of("k"), version))
          .doesNotThrowAnyException();
    } else {
      assertCode(
          ErrorCode.ORIGIN_NOT_ALLOWED,
          () -> policy(here).requireVersion(KeyName.of("k"), version));
    }
  }

  @Test
  void adoptionDoesNotStandInForOriginOrAssurance() {
    KeySnapshot imported =
        key(Optional.empty(), List.of(version(KeyState.ACTIVE, Assurance.HSM, KeyOrigin.IMPORTED)));
    KeySnapshot weak = key(Optional.empty(), List.of(version(KeyState.ACTIVE, Assurance.SOFTWARE)));
    KeyPolicy policy = policy(EnvironmentType.PRODUCTION);

    assertCode(
        ErrorCode.ORIGIN_NOT_ALLOWED,
        () -> policy.requireUsable(BackendId.AWS_KMS, imported, true));
    assertCode(
        ErrorCode.ASSURANCE_TOO_LOW, () -> policy.requireUsable(BackendId.AWS_KMS, weak, true));
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
    KeySnapshot key = key(Optional.of(EnvironmentType.PRODUCTION), versions);
    KeyPolicy policy = policy(EnvironmentType.PRODUCTION);

    if (allowed) {
      assertThatCode(() -> policy.requireUsable(BackendId.AWS_KMS, key, false))
          .doesNotThrowAnyException();
    } else {
      assertCode(
          ErrorCode.ASSURANCE_TOO_LOW, () -> policy.requireUsable(BackendId.AWS_KMS, key, false));
    }
  }

  @Test
  void backendsAndAlgorithmsNotListedAreRefused_forNewAndForOldKeys() {
    KeyPolicy policy =
        new KeyPolicy(
            SecurityPolicy.defaultsFor(EnvironmentType.LOCAL)
                .withBackends(Set.of(BackendId.OS))
                .withAlgorithms(Set.of(KeyAlgorithm.ECDSA_P256_SHA256)));
    KeySnapshot key =
        key(
            Optional.of(EnvironmentType.LOCAL),
            List.of(version(KeyState.ACTIVE, Assurance.SOFTWARE)));

    assertCode(
        ErrorCode.BACKEND_NOT_ALLOWED,
        () -> policy.requireCreatable(BackendId.SOFTWARE, KeyAlgorithm.ECDSA_P256_SHA256));
    assertCode(
        ErrorCode.ALGORITHM_NOT_ALLOWED,
        () -> policy.requireCreatable(BackendId.OS, KeyAlgorithm.ED25519));
    assertCode(
        ErrorCode.BACKEND_NOT_ALLOWED, () -> policy.requireUsable(BackendId.SOFTWARE, key, true));
    assertCode(
        ErrorCode.ALGORITHM_NOT_ALLOWED, () -> policy.requireUsable(BackendId.OS, key, true));
    assertThatCode(() -> policy.requireCreatable(BackendId.OS, KeyAlgorithm.ECDSA_P256_SHA256))
        .doesNotThrowAnyException();
  }

  private static void assertCode(ErrorCode code, Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(EnclaveException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static KeyPolicy policy(EnvironmentType here) {
    return new KeyPolicy(SecurityPolicy.defaultsFor(here));
  }

  private static KeySnapshot key(Optional<EnvironmentType> stamp, List<KeyVersion> versions) {
    return new KeySnapshot(
        KeyName.of("wallet"),
        KeyAlgorithm.ED25519,
        versions,
        RotationInterval.POLICY,
        stamp,
        Instant.EPOCH,
        "uri:wallet",
        false);
  }

  private static KeyVersion version(KeyState state, Assurance assurance) {
    return version(state, assurance, KeyOrigin.GENERATED);
  }

  private static KeyVersion version(KeyState state, Assurance assurance, KeyOrigin origin) {
    return new KeyVersion(
        KeyVersionId.of("1"),
        state,
        Instant.EPOCH,
        Optional.empty(),
        assurance,
        origin,
        "uri:wallet/1");
  }
}
