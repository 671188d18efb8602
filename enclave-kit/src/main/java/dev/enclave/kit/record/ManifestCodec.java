package dev.enclave.kit.record;

import dev.enclave.Bytes;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.PublicKeyInfo;
import dev.enclave.RotationInterval;
import dev.enclave.error.EnclaveException;
import dev.enclave.kit.json.Json;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Manifests as JSON; name, algorithm and stamp are in the head of the record. */
final class ManifestCodec {

  private ManifestCodec() {}

  static byte[] encode(Manifest manifest) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("revision", manifest.revision());
    object.put("rotation", manifest.rotation());
    object.put("createdAt", manifest.createdAt());
    object.put("createOperation", manifest.createOperation());
    manifest.movedTo().ifPresent(to -> object.put("movedTo", to));
    object.put("versions", manifest.versions().stream().map(ManifestCodec::encode).toList());
    return Json.write(object);
  }

  private static Map<String, Object> encode(VersionEntry version) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("id", version.id());
    object.put("state", version.state());
    object.put("createdAt", version.createdAt());
    version.activatedAt().ifPresent(at -> object.put("activatedAt", at));
    version.replacedAt().ifPresent(at -> object.put("replacedAt", at));
    version.publicKey().ifPresent(key -> object.put("publicKey", base64(key.spki())));
    if (version.origin() != KeyOrigin.GENERATED) {
      object.put("origin", version.origin());
    }
    object.put("section", version.section());
    object.put("prepareOperation", version.prepareOperation());
    object.put("activateOperation", version.activateOperation());
    return object;
  }

  /**
   * The manifest that a record holds.
   *
   * @param name the key's name, from the record's head
   * @param scheme its algorithm, by name
   * @param stamp its stamp, by name
   * @throws IOException when these or the content are not a manifest's
   */
  static Manifest decode(String name, String scheme, String stamp, byte[] content)
      throws IOException {
    try {
      Map<String, Object> object = Json.read(content);
      KeyAlgorithm algorithm = KeyAlgorithm.parse(scheme);
      List<VersionEntry> versions = new ArrayList<>();
      for (Object version : Json.member(object, "versions", List.class)) {
        versions.add(decodeVersion(Json.map(version), algorithm));
      }
      return new Manifest(
          KeyName.of(name),
          algorithm,
          EnvironmentType.valueOf(stamp),
          RotationInterval.parse(Json.string(object, "rotation")),
          Instant.parse(Json.string(object, "createdAt")),
          Json.string(object, "createOperation"),
          Json.integer(object, "revision"),
          versions,
          object.containsKey("movedTo")
              ? Optional.of(KeyHandle.parse(Json.string(object, "movedTo")))
              : Optional.empty());
    } catch (EnclaveException | IllegalArgumentException | DateTimeException e) {
      throw new IOException("not a manifest");
    }
  }

  private static VersionEntry decodeVersion(Map<String, Object> object, KeyAlgorithm algorithm)
      throws IOException {
    Optional<PublicKeyInfo> publicKey = Optional.empty();
    if (object.containsKey("publicKey")) {
      byte[] spki = Base64.getDecoder().decode(Json.string(object, "publicKey"));
      publicKey = Optional.of(PublicKeyInfo.fromSpki(spki, algorithm));
    }
    return new VersionEntry(
        KeyVersionId.of(Json.string(object, "id")),
        KeyState.valueOf(Json.string(object, "state")),
        Instant.parse(Json.string(object, "createdAt")),
        instant(object, "activatedAt"),
        instant(object, "replacedAt"),
        publicKey,
        object.containsKey("origin")
            ? KeyOrigin.valueOf(Json.string(object, "origin"))
            : KeyOrigin.GENERATED,
        Json.string(object, "section"),
        Json.string(object, "prepareOperation"),
        Json.string(object, "activateOperation"));
  }

  private static Optional<Instant> instant(Map<String, Object> object, String name)
      throws IOException {
    return object.containsKey(name)
        ? Optional.of(Instant.parse(Json.string(object, name)))
        : Optional.empty();
  }

  private static String base64(Bytes bytes) {
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }
}
