package dev.enclave.kit.record;

import dev.enclave.Assurance;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.PublicKeyInfo;
import dev.enclave.kit.json.Json;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
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

  /** One that is new here, with four random bytes in the label of its section. */
  static VersionEntry of(
      KeyVersionId id,
      KeyState state,
      Instant createdAt,
      Optional<PublicKeyInfo> publicKey,
      KeyOrigin origin,
      String prepareOperation,
      SecureRandom random) {
    byte[] unique = new byte[4];
    random.nextBytes(unique);
    return new VersionEntry(
        id,
        state,
        createdAt,
        Optional.empty(),
        Optional.empty(),
        publicKey,
        origin,
        id + "-" + HexFormat.of().formatHex(unique),
        prepareOperation,
        "");
  }

  VersionEntry withState(KeyState newState) {
    return with(newState, activatedAt, Optional.empty(), activateOperation);
  }

  /** Replaced by another version that became active then. */
  VersionEntry replaced(KeyState retired, Instant now) {
    Optional<Instant> replaced = Optional.of(now).filter(at -> retired == KeyState.VERIFY_ONLY);
    return with(retired, activatedAt, replaced, activateOperation);
  }

  VersionEntry activatedBy(String operationId, Instant now) {
    return with(KeyState.ACTIVE, Optional.of(now), Optional.empty(), operationId);
  }

  private VersionEntry with(
      KeyState newState,
      Optional<Instant> activated,
      Optional<Instant> replaced,
      String operationId) {
    return new VersionEntry(
        id,
        newState,
        createdAt,
        activated,
        replaced,
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

  Map<String, Object> toJson() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("id", id);
    object.put("state", state);
    object.put("createdAt", createdAt);
    activatedAt.ifPresent(at -> object.put("activatedAt", at));
    replacedAt.ifPresent(at -> object.put("replacedAt", at));
    publicKey.ifPresent(
        key ->
            object.put("publicKey", Base64.getEncoder().encodeToString(key.spki().toByteArray())));
    if (origin != KeyOrigin.GENERATED) {
      object.put("origin", origin);
    }
    object.put("section", section);
    object.put("prepareOperation", prepareOperation);
    object.put("activateOperation", activateOperation);
    return object;
  }

  /** Reads {@link #toJson}; what it throws else, {@link Manifest#parse} knows. */
  static VersionEntry parse(Map<String, Object> object, KeyAlgorithm algorithm) throws IOException {
    return new VersionEntry(
        KeyVersionId.of(Json.string(object, "id")),
        KeyState.valueOf(Json.string(object, "state")),
        Instant.parse(Json.string(object, "createdAt")),
        Manifest.told(object, "activatedAt").map(Instant::parse),
        Manifest.told(object, "replacedAt").map(Instant::parse),
        Manifest.told(object, "publicKey")
            .map(spki -> PublicKeyInfo.fromSpki(Base64.getDecoder().decode(spki), algorithm)),
        Manifest.told(object, "origin").map(KeyOrigin::valueOf).orElse(KeyOrigin.GENERATED),
        Json.string(object, "section"),
        Json.string(object, "prepareOperation"),
        Json.string(object, "activateOperation"));
  }
}
