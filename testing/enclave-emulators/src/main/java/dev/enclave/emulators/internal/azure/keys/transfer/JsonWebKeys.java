package dev.enclave.emulators.internal.azure.keys.transfer;

import dev.enclave.emulators.internal.azure.common.AzureFailure;
import dev.enclave.emulators.internal.azure.keys.management.KeyCreation;
import dev.enclave.emulators.internal.azure.keys.model.KeyType;
import dev.enclave.emulators.internal.azure.keys.request.Input;
import dev.enclave.emulators.internal.crypto.EcMaterial;
import dev.enclave.emulators.internal.crypto.Material;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import dev.enclave.emulators.internal.crypto.SecretMaterial;
import java.math.BigInteger;
import java.security.SecureRandom;

/** Private keys as JSON Web Keys (RFC 7518 §6). */
final class JsonWebKeys {

  private JsonWebKeys() {}

  static Material material(KeyType.Family family, Input webKey, SecureRandom random) {
    return switch (family) {
      case EC -> ec(webKey);
      case RSA -> rsa(webKey, random);
      case OCT -> SecretMaterial.of(webKey.requiredBytes("k"));
    };
  }

  private static Material ec(Input webKey) {
    EcMaterial key =
        EcMaterial.of(KeyCreation.curve(webKey), number(webKey, "d"))
            .orElseThrow(JsonWebKeys::inconsistent);
    // As numbers: Microsoft's SDK for Java writes a sign before some coordinates.
    boolean samePoint =
        new BigInteger(1, key.x()).equals(number(webKey, "x"))
            && new BigInteger(1, key.y()).equals(number(webKey, "y"));
    if (!samePoint) {
      throw inconsistent();
    }
    return key;
  }

  private static Material rsa(Input webKey, SecureRandom random) {
    return RsaMaterial.of(
            new RsaMaterial.PrivateParts(
                number(webKey, "n"),
                number(webKey, "e"),
                number(webKey, "d"),
                number(webKey, "p"),
                number(webKey, "q"),
                number(webKey, "dp"),
                number(webKey, "dq"),
                number(webKey, "qi")),
            random)
        .orElseThrow(JsonWebKeys::inconsistent);
  }

  private static BigInteger number(Input webKey, String name) {
    return new BigInteger(1, webKey.requiredBytes(name));
  }

  private static AzureFailure inconsistent() {
    return AzureFailure.badParameter("The parts of the JSON Web Key do not belong together.");
  }
}
