package dev.enclave.spi.backend;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.spi.ExportedKey;

/**
 * What key to restore.
 *
 * @param name the name it gets, whatever its name was
 * @param stamp the environment type to bind to the key
 * @param key algorithm, rotation interval and versions; its own name and stamp do not count. The
 *     caller closes it
 * @param operationId makes the restoration repeatable
 */
public record RestoreRequest(
    KeyName name, EnvironmentType stamp, ExportedKey key, String operationId) {
  /** A request to restore. */
  public static RestoreRequest of(
      KeyName name, EnvironmentType stamp, ExportedKey key, String operationId) {
    return new RestoreRequest(name, stamp, key, operationId);
  }
}
