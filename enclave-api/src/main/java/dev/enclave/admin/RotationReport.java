package dev.enclave.admin;

import dev.enclave.KeyName;
import dev.enclave.error.EnclaveException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became of each key that was due, and which keys could not be read. Immutable.
 *
 * @param rotated the rotations that were made, by the names of their keys
 * @param published the keys whose next version was made and published, and does not sign yet
 *     ({@code enclave.rotation.publish-ahead}); rotated by a later call
 * @param overtaken the keys that another replica, or somebody, rotated first
 * @param failed the keys that could not be read or rotated, or of which it is not known whether
 *     they were rotated, with the error of each; those that were not rotated are due again at the
 *     next call
 */
public record RotationReport(
    List<RotationResult> rotated,
    List<KeyName> published,
    List<KeyName> overtaken,
    Map<KeyName, EnclaveException> failed) {

  public RotationReport {
    rotated = List.copyOf(rotated);
    published = List.copyOf(published);
    overtaken = List.copyOf(overtaken);
    failed = Collections.unmodifiableMap(new TreeMap<>(failed));
  }

  /** Whether no key failed. */
  public boolean complete() {
    return failed.isEmpty();
  }
}
