package dev.enclave.emulators.internal.aws.kms.transfer;

import dev.enclave.emulators.internal.aws.crypto.KeySpec;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Wrapping keys for imports. KMS API Reference, GetParametersForImport: a public key and its token
 * "must be used together"; nothing says that no two answers have the same public key. Making one
 * takes a second, so a few serve in turn: neighbouring answers differ, and whoever mixes them up is
 * found out.
 */
final class WrappingKeys {

  private static final int EACH = 2;

  private final SecureRandom random;
  private final Map<KeySpec, List<RsaMaterial>> made = new EnumMap<>(KeySpec.class);
  private int turn;

  WrappingKeys(SecureRandom random) {
    this.random = random;
  }

  synchronized RsaMaterial next(KeySpec spec) {
    List<RsaMaterial> keys = made.computeIfAbsent(spec, s -> new ArrayList<>());
    if (keys.size() < EACH) {
      keys.add(RsaMaterial.generate(spec.bits(), random));
      return keys.get(keys.size() - 1);
    }
    return keys.get(Math.floorMod(turn++, EACH));
  }
}
