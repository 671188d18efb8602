package dev.enclave.crypto.internal.choice;

import dev.enclave.KeyAlgorithm;
import dev.enclave.crypto.internal.engine.KeyMaterial;
import dev.enclave.spi.SecretBytes;
import java.security.SecureRandom;

/** Makes and reads key material of every algorithm, by its fastest engine. */
public final class Materials {

  private Materials() {}

  public static KeyMaterial generate(KeyAlgorithm algorithm, SecureRandom random) {
    return Engines.present().of(algorithm).generate(algorithm, random);
  }

  public static KeyMaterial decode(
      KeyAlgorithm algorithm, SecretBytes material, SecureRandom random) {
    return material.use(
        encoded -> Engines.present().of(algorithm).decode(algorithm, encoded, random));
  }
}
