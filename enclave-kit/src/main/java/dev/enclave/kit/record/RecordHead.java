package dev.enclave.kit.record;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;

/**
 * Which key of which store a record is of: in the clear, and authenticated with everything in it.
 *
 * @param storeId the store it belongs to
 * @param key the key's name
 * @param algorithm the key's scheme, by name
 * @param stamp the environment type bound to the key, by name
 */
record RecordHead(String storeId, String key, String algorithm, String stamp) {

  static RecordHead of(String storeId, KeyName key, KeyAlgorithm algorithm, EnvironmentType stamp) {
    return new RecordHead(storeId, key.value(), algorithm.name(), stamp.name());
  }
}
