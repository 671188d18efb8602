package dev.enclave.core.internal.key.fallback;

import dev.enclave.Fallback;
import dev.enclave.KeyHandle;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignOptions;
import dev.enclave.SignatureValue;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import dev.enclave.core.internal.key.operation.OperationRun;
import dev.enclave.core.internal.key.slot.KeyEntry;
import dev.enclave.core.internal.key.slot.KeySlot;
import dev.enclave.core.internal.key.slot.SharedParts;
import dev.enclave.core.internal.key.use.SignOperation;
import dev.enclave.core.internal.key.versions.KeyCreation;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Has keys endorse their companions.
 *
 * @param keys the engine of the keys
 * @param companions the companions
 * @param terms what for
 */
record Endorsing(SharedParts keys, CompanionKeys companions, FallbackTerms terms) {

  /** An endorsement by the version that is active now, of a companion that is made if need be. */
  Companion.Endorsed endorsed(KeySlot slot) {
    long begun = keys.time().nanoTime();
    KeyEntry entry =
        slot.current(keys.newTrace(), keys.within(SharedParts.SIGN_WITHIN)).requireUsable();
    KeyVersion version = entry.requireActive();
    KeyCreation.Found companion =
        companions.of(
            entry.handle(),
            version.id(),
            (SigningAlgorithm) entry.snapshot().algorithm(),
            terms.deployment());
    return new Companion.Endorsed(
        word(slot, entry.handle(), version, companion), companion.slot(), begun);
  }

  /** Companions of versions that sign no more, which nobody was there to destroy. */
  List<KeySlot> leftOver(KeySlot slot) {
    return slot.newest()
        .map(
            entry ->
                companions.leftOver(
                    entry.handle(),
                    entry.snapshot().versions().stream()
                        .filter(version -> version.state() != KeyState.ACTIVE)
                        .map(KeyVersion::id)
                        .toList(),
                    terms.deployment()))
        .orElse(List.of());
  }

  private Fallback.Endorsement word(
      KeySlot slot, KeyHandle key, KeyVersion version, KeyCreation.Found companion) {
    Instant now = keys.time().now();
    Instant from = FallbackTerms.from(now);
    Instant until = terms.until(now);
    KeyHandle handle = companion.entry().handle();
    KeyVersion its = companion.entry().requireActive();
    PublicKeyInfo publicKey = its.publicKey().orElseThrow();
    Message message =
        Fallback.Endorsement.messageOf(
            key, version.id(), terms.deployment(), handle, its.id(), publicKey, from, until);
    SignatureValue signature =
        OperationRun.by(CompanionKeys.CALLER, keys)
            .on(slot)
            .run(
                new RecordedSignature(
                    new SignOperation(version.id(), message, SignOptions.defaults()),
                    Map.of("endorses", handle.toString(), "endorsedUntil", until.toString())));
    boolean valid =
        version
            .publicKey()
            .map(SignatureVerifier::of)
            .filter(verifier -> verifier.verify(message, signature))
            .isPresent();
    if (!valid || !signature.key().equals(key)) {
      throw CompanionKeys.unverifiable(slot);
    }
    return new Fallback.Endorsement(
        terms.deployment(), handle, its.id(), publicKey, from, until, signature);
  }
}
