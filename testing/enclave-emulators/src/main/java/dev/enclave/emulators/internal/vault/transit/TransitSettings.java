package dev.enclave.emulators.internal.vault.transit;

import dev.enclave.emulators.internal.crypto.SigningMaterial;
import java.security.SecureRandom;
import java.util.Map;

/**
 * What a mount is started with.
 *
 * @param openBao whether it is OpenBao's
 * @param managedKeys the keys of an HSM that it can use, by their names
 * @param random where keys and nonces come from
 */
public record TransitSettings(
    boolean openBao, Map<String, SigningMaterial> managedKeys, SecureRandom random) {

  public TransitSettings {
    managedKeys = Map.copyOf(managedKeys);
  }
}
