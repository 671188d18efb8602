package dev.enclave.core.internal.fallback;

import dev.enclave.Fallback;
import dev.enclave.KeyHandle;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureValue;
import dev.enclave.SignatureVerifier;
import dev.enclave.SignatureVerifier.StatementSignature;
import dev.enclave.SigningAlgorithm;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyFinder;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.key.SharedParts;
import dev.enclave.core.internal.lifecycle.StatementKey;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.core.internal.use.SignOperation;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.StatementText;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Has the companions of keys endorsed.
 *
 * @param keys the engine of the keys
 * @param companions the companions
 * @param terms what for
 */
record Endorsing(SharedParts keys, CompanionKeys companions, FallbackTerms terms) {

  /** An endorsement by the version that is active now, of a companion that is made if need be. */
  Companion.Endorsed endorsed(CachedKey slot) {
    long begun = keys.time().nanoTime();
    KeyReading entry =
        slot.current(keys.newTrace(), keys.within(SharedParts.SIGN_WITHIN)).requireUsable();
    KeyVersion version = entry.requireActive();
    KeyFinder.Found companion =
        companions.of(
            entry.handle(),
            version.id(),
            (SigningAlgorithm) entry.snapshot().algorithm(),
            terms.deployment());
    return new Companion.Endorsed(
        word(slot, entry.handle(), version, companion), companion.slot(), begun);
  }

  /** Companions of versions that sign no more, which nobody was there to destroy. */
  List<CachedKey> leftOver(CachedKey slot) {
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
      CachedKey slot, KeyHandle key, KeyVersion version, KeyFinder.Found companion) {
    Instant now = keys.time().now();
    Instant from = FallbackTerms.from(now);
    Instant until = terms.until(now);
    KeyHandle handle = companion.entry().handle();
    KeyVersion its = companion.entry().requireActive();
    PublicKeyInfo publicKey = its.publicKey().orElseThrow();
    Message message =
        Fallback.Endorsement.messageOf(
            key, version.id(), terms.deployment(), handle, its.id(), publicKey, from, until);
    requireSigns(slot, version, message, handle, until);
    StatementSignature signature =
        new StatementKey(keys, slot.backend())
            .sign(
                message,
                CompanionKeys.CALLER,
                Map.of(
                    "statement", StatementText.Kind.FALLBACK_ENDORSEMENT.toString(),
                    "of", key.toString(),
                    "version", version.id().value(),
                    "endorses", handle.toString(),
                    "endorsedUntil", until.toString()));
    return new Fallback.Endorsement(
        key, version.id(), terms.deployment(), handle, its.id(), publicKey, from, until, signature);
  }

  /**
   * That the key itself signs: nothing stands in for one that its backend refuses, though the
   * statement key could endorse it. A verifier has no use for that signature, since callers have
   * the key sign what they like.
   */
  private void requireSigns(
      CachedKey slot, KeyVersion version, Message message, KeyHandle companion, Instant until) {
    SignatureValue signature =
        OperationRun.by(CompanionKeys.CALLER, keys)
            .on(slot)
            .run(
                SignOperation.ofStatement(version.id(), message)
                    .recording(
                        Map.of(
                            "endorses", companion.toString(), "endorsedUntil", until.toString())));
    boolean valid =
        version
            .publicKey()
            .map(SignatureVerifier::of)
            .filter(verifier -> verifier.verify(message, signature))
            .isPresent();
    if (!valid) {
      throw Texts.ENDORSEMENT_NOT_VERIFIED.as(
          ErrorCode.SIGNATURE_UNVERIFIABLE, slot.backend().id(), slot.name());
    }
  }
}
