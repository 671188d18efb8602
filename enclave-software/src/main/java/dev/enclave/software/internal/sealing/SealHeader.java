package dev.enclave.software.internal.sealing;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;

/**
 * What a sealed file is, in the clear but authenticated.
 *
 * @param kind what it holds
 * @param storeId the store it belongs to
 * @param key the key's name; empty for the store's own check value
 * @param version the key version; empty for a manifest
 * @param algorithm the key's scheme
 * @param stamp the environment type bound to the key
 */
public record SealHeader(
    Kind kind, String storeId, String key, String version, String algorithm, String stamp) {

  /** What a sealed file holds. */
  public enum Kind {
    STORE,
    MANIFEST,
    PRIVATE_KEY
  }

  public static SealHeader ofManifest(String storeId, Manifest manifest) {
    return new SealHeader(
        Kind.MANIFEST,
        storeId,
        manifest.name().value(),
        "",
        manifest.algorithm().name(),
        manifest.stamp().name());
  }

  public static SealHeader ofPrivateKey(
      String storeId,
      KeyName name,
      VersionEntry version,
      KeyAlgorithm algorithm,
      EnvironmentType stamp) {
    return new SealHeader(
        Kind.PRIVATE_KEY,
        storeId,
        name.value(),
        version.id().value(),
        algorithm.name(),
        stamp.name());
  }
}
