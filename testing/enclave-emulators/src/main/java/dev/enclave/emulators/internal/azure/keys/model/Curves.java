package dev.enclave.emulators.internal.azure.keys.model;

import dev.enclave.emulators.internal.crypto.Curve;
import java.util.Arrays;
import java.util.Optional;

/** REST API, Create Key, JsonWebKeyCurveName. */
public final class Curves {

  private Curves() {}

  public static String nameOf(Curve curve) {
    return switch (curve) {
      case P_256 -> "P-256";
      case P_384 -> "P-384";
      case P_521 -> "P-521";
      case SECP256K1 -> "P-256K";
    };
  }

  public static Optional<Curve> named(String name) {
    return Arrays.stream(Curve.values()).filter(curve -> nameOf(curve).equals(name)).findFirst();
  }
}
