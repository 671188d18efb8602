package dev.enclave.spi.backend;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.RotationInterval;

/**
 * What key to create.
 *
 * @param name its name
 * @param algorithm its scheme
 * @param rotation to be stored with the key
 * @param stamp the environment type to bind to the key
 * @param operationId makes the creation repeatable
 */
public record CreateRequest(
    KeyName name,
    KeyAlgorithm algorithm,
    RotationInterval rotation,
    EnvironmentType stamp,
    String operationId) {
  /** A request to create. */
  public static CreateRequest of(
      KeyName name,
      KeyAlgorithm algorithm,
      RotationInterval rotation,
      EnvironmentType stamp,
      String operationId) {
    return new CreateRequest(name, algorithm, rotation, stamp, operationId);
  }
}
