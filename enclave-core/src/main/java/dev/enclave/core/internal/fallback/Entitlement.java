package dev.enclave.core.internal.fallback;

import dev.enclave.BackendId;
import dev.enclave.KeyAlgorithm;
import dev.enclave.SigningAlgorithm;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyReading;
import java.util.Optional;

/**
 * Which keys have companions.
 *
 * @param resolved the backend whose keys have them
 * @param companions the companions
 */
record Entitlement(BackendId resolved, CompanionKeys companions) {

  /** Why the key in that slot has none; empty if it has one, or its kind is not known yet. */
  Optional<String> whyNone(CachedKey slot) {
    if (!slot.backend().id().equals(resolved)) {
      return Optional.of(
          "The key lies in backend "
              + slot.backend().id()
              + ", and companions are for keys of backend "
              + resolved
              + ". Open an Enclave for that backend.");
    }
    if (slot.adopted()) {
      return Optional.of(
          "The key is adopted: it is managed elsewhere, and endorses nothing. Create a key of"
              + " Enclave's.");
    }
    return slot.newest().map(KeyReading::snapshot).flatMap(key -> whyNone(key.algorithm()));
  }

  private Optional<String> whyNone(KeyAlgorithm algorithm) {
    if (!(algorithm instanceof SigningAlgorithm signing)) {
      return Optional.of(
          "The key wraps, and no companion opens what it sealed. Unsealing waits for the backend.");
    }
    if (isForAddresses(signing)) {
      return Optional.of(
          "Public keys for "
              + algorithm
              + " commonly are addresses, and a companion has another. Use an algorithm on a NIST"
              + " curve, or RSA, where signatures by fallback are wanted.");
    }
    return companions.offers(signing)
        ? Optional.empty()
        : Optional.of("The software backend has no keys for " + algorithm + ".");
  }

  private static boolean isForAddresses(SigningAlgorithm algorithm) {
    return algorithm == SigningAlgorithm.ED25519
        || algorithm.curve().filter("secp256k1"::equals).isPresent();
  }
}
