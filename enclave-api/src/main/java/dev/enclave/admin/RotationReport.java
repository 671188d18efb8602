package dev.enclave.admin;

import dev.enclave.EnclaveException;
import dev.enclave.KeyName;
import java.util.List;
import java.util.Map;

/** What became of each key that was due. Immutable. */
public interface RotationReport {

  /** The rotations that were made, by the names of their keys. */
  List<RotationResult> rotated();

  /** The keys that another replica, or somebody, rotated first. */
  List<KeyName> overtaken();

  /**
   * The keys that could not be rotated, or of which it is not known whether they were, with the
   * error of each. The same are due again at the next call.
   */
  Map<KeyName, EnclaveException> failed();

  /** Whether no key failed. */
  default boolean complete() {
    return failed().isEmpty();
  }
}
