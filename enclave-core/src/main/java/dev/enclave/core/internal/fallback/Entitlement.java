package dev.enclave.core.internal.fallback;

import dev.enclave.BackendId;
import dev.enclave.KeyAlgorithm;
import dev.enclave.SigningAlgorithm;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.texts.Texts;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Which keys have companions.
 *
 * @param resolved the backend whose keys have them
 * @param companions the companions
 */
record Entitlement(BackendId resolved, CompanionKeys companions) {

  /** Why the key in that slot has none; empty if it has one, or its kind is not known yet. */
  Optional<Supplier<String>> whyNone(CachedKey slot) {
    if (!slot.backend().id().equals(resolved)) {
      return Optional.of(
          () -> Texts.COMPANIONS_OF_OTHER_BACKEND.with(slot.backend().id(), resolved));
    }
    if (slot.adopted()) {
      return Optional.of(() -> Texts.COMPANION_OF_ADOPTED_KEY.with());
    }
    return slot.newest().map(KeyReading::snapshot).flatMap(key -> whyNone(key.algorithm()));
  }

  private Optional<Supplier<String>> whyNone(KeyAlgorithm algorithm) {
    if (!(algorithm instanceof SigningAlgorithm signing)) {
      return Optional.of(() -> Texts.COMPANION_OF_WRAPPING_KEY.with());
    }
    if (isForAddresses(signing)) {
      return Optional.of(() -> Texts.COMPANION_OF_ADDRESS.with(algorithm));
    }
    return companions.offers(signing)
        ? Optional.empty()
        : Optional.of(() -> Texts.COMPANION_ALGORITHM_MISSING.with(algorithm));
  }

  private static boolean isForAddresses(SigningAlgorithm algorithm) {
    return algorithm == SigningAlgorithm.ED25519
        || algorithm.curve().filter("secp256k1"::equals).isPresent();
  }
}
