package dev.enclave.emulators.internal.azure.keys.model;

import java.util.List;
import java.util.Optional;

/**
 * REST API, Update Key Rotation Policy. Durations are as they were given, in ISO 8601.
 *
 * @param expiryTime how long after its creation a new version expires
 * @param created when the policy was first set, in seconds since 1970
 * @param updated when it was set last
 */
public record RotationPolicy(
    Optional<String> expiryTime, List<Action> actions, long created, long updated) {

  /**
   * Something done over the life of a version.
   *
   * @param type Rotate or Notify
   */
  public record Action(
      String type, Optional<String> timeAfterCreate, Optional<String> timeBeforeExpiry) {}
}
