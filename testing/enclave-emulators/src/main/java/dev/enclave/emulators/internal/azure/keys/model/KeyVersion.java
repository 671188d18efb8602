package dev.enclave.emulators.internal.azure.keys.model;

import dev.enclave.emulators.internal.crypto.Material;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * One version of a key. Immutable.
 *
 * @param id 32 hexadecimal digits
 * @param operations what it may be used for ({@code key_ops})
 * @param imported whether the material came from outside
 */
public record KeyVersion(
    String id,
    KeyType type,
    Material material,
    List<String> operations,
    KeyAttributes attributes,
    Map<String, String> tags,
    boolean imported) {

  public KeyVersion updated(
      List<String> newOperations,
      AttributeChanges changes,
      Map<String, String> newTags,
      Instant now) {
    return new KeyVersion(
        id, type, material, newOperations, attributes.updated(changes, now), newTags, imported);
  }
}
