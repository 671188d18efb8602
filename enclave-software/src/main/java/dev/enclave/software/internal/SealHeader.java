package dev.enclave.software.internal;

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
record SealHeader(
    Kind kind, String storeId, String key, String version, String algorithm, String stamp) {

  /** What a sealed file holds. */
  enum Kind {
    STORE,
    MANIFEST,
    PRIVATE_KEY
  }
}
