package dev.enclave.admin;

import dev.enclave.KeyName;
import dev.enclave.error.EnclaveException;
import java.util.List;
import java.util.Map;

/** What became of each key that was due, and which keys could not be read. Immutable. */
public interface RotationReport {

  /** The rotations that were made, by the names of their keys. */
  List<RotationResult> rotated();

  /**
   * The keys whose next version was made and published, and does not sign yet ({@code
   * enclave.rotation.publish-ahead}); rotated by a later call.
   */
  List<KeyName> published();

  /** The keys that another replica, or somebody, rotated first. */
  List<KeyName> overtaken();

  /**
   * The keys that could not be read or rotated, or of which it is not known whether they were
   * rotated, with the error of each. Those that were not rotated are due again at the next call.
   */
  Map<KeyName, EnclaveException> failed();

  /** Whether no key failed. */
  default boolean complete() {
    return failed().isEmpty();
  }
}
