package dev.enclave.emulators.internal.azure.keys;

import dev.enclave.emulators.internal.azure.common.AzureFailure;
import dev.enclave.emulators.internal.crypto.Material;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;

/**
 * "Azure Key Vault service limits", Key transactions in ten seconds: HSM keys 10 created, 2,000
 * other transactions of EC and RSA 2048, 500 of RSA 3072, 250 of RSA 4096; software keys twice that
 * of each. The kinds share one allowance: who spends it on costly keys has none left for others.
 * The limits of a managed HSM ("Managed HSM service limits") are another matter and not kept here.
 */
final class Throttle {

  private static final Duration WINDOW = Duration.ofSeconds(10);

  /** What is counted apart, and how much of it there is in a window. */
  enum Pool {
    HSM_CREATE(10),
    SOFTWARE_CREATE(20),
    HSM(2_000),
    SOFTWARE(4_000),
    VAULT(4_000);

    private final int most;

    Pool(int most) {
      this.most = most;
    }
  }

  private final Map<Pool, Integer> spent = new EnumMap<>(Pool.class);
  private Instant windowStart = Instant.MIN;

  /** "Failed requests that return a 429 do not count towards the throttle limits." */
  synchronized void spend(Pool pool, int cost, Instant now) {
    if (!now.isBefore(windowStart.plus(WINDOW)) || now.isBefore(windowStart)) {
      spent.clear();
      windowStart = now;
    }
    int already = spent.getOrDefault(pool, 0);
    if (already + cost > pool.most) {
      Duration wait = Duration.between(now, windowStart.plus(WINDOW));
      throw AzureFailure.throttled(Math.max(1, wait.plusMillis(999).toSeconds()));
    }
    spent.put(pool, already + cost);
  }

  /** How many of the pool's 2,000 or 4,000 one transaction takes. */
  static int costOf(Material material) {
    if (!(material instanceof RsaMaterial rsa) || rsa.bits() == 2048) {
      return 1;
    }
    return rsa.bits() == 3072 ? 4 : 8;
  }
}
