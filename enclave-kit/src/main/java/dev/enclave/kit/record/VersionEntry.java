package dev.enclave.kit.record;

import dev.enclave.Assurance;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.PublicKeyInfo;
import java.time.Instant;
import java.util.Optional;

/**
 * One version in a manifest.
 *
 * @param id counted from 1
 * @param activatedAt when it last became active; none if it never did, or that was before Enclave
 *     kept it
 * @param replacedAt when a rotation left it VERIFY_ONLY, by the clock of whoever rotated; none if
 *     none did, or something has changed its state since
 * @param origin GENERATED here, or IMPORTED from a backup
 * @param section the label of its private half in the record, used for no other; begins with the id
 * @param prepareOperation the rotation that made it; empty for the first version
 * @param activateOperation the rotation that made it active; empty if none did
 */
record VersionEntry(
    KeyVersionId id,
    KeyState state,
    Instant createdAt,
    Optional<Instant> activatedAt,
    Optional<Instant> replacedAt,
    Optional<PublicKeyInfo> publicKey,
    KeyOrigin origin,
    String section,
    String prepareOperation,
    String activateOperation) {

  VersionEntry withState(KeyState newState) {
    return changed(newState, Optional.empty());
  }

  /** Replaced by another version that became active then. */
  VersionEntry replaced(KeyState retired, Instant now) {
    return changed(retired, Optional.of(now).filter(at -> retired == KeyState.VERIFY_ONLY));
  }

  private VersionEntry changed(KeyState newState, Optional<Instant> replaced) {
    return new VersionEntry(
        id,
        newState,
        createdAt,
        activatedAt,
        replaced,
        publicKey,
        origin,
        section,
        prepareOperation,
        activateOperation);
  }

  VersionEntry activatedBy(String operationId, Instant now) {
    return new VersionEntry(
        id,
        KeyState.ACTIVE,
        createdAt,
        Optional.of(now),
        Optional.empty(),
        publicKey,
        origin,
        section,
        prepareOperation,
        operationId);
  }

  KeyVersion toKeyVersion(String keyUri, Assurance assurance) {
    return KeyVersion.of(id, state, createdAt, keyUri + "/" + section)
        .withActivatedAt(activatedAt)
        .withPublicKey(publicKey)
        .withAssurance(assurance)
        .withOrigin(origin);
  }
}
