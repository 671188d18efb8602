package dev.enclave.admin;

import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.error.EnclaveException;
import java.util.List;
import java.util.Map;

/** What became of each key when keys were sealed anew. Immutable. */
public interface RewrapReport {

  /** The version of the key-encryption key that wraps now. */
  KeyVersionId kekVersion();

  /** The keys that were sealed anew under it, by name. */
  List<KeyName> rewrapped();

  /** The keys that were sealed under it already, by name. */
  List<KeyName> current();

  /** The keys that are not known to be sealed under it, with the error of each. */
  Map<KeyName, EnclaveException> failed();

  /** Whether no key failed. */
  default boolean complete() {
    return failed().isEmpty();
  }
}
