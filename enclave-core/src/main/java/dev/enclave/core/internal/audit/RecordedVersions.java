package dev.enclave.core.internal.audit;

import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;

/** Which versions' public keys the log has, whoever recorded them. */
@FunctionalInterface
public interface RecordedVersions {

  /** Of a log that cannot be asked. */
  RecordedVersions NONE = (backend, authority, key, version) -> false;

  /**
   * Whether the public key of a version is in the log. Reads the log whole.
   *
   * @param authority the backend's, since two places may have keys and versions of one name
   */
  boolean has(BackendId backend, String authority, KeyName key, KeyVersionId version);
}
