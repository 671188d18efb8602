package dev.enclave.core.internal.environment;

import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.util.List;
import java.util.Optional;

/**
 * The platform's own randomness, by name: whoever registers a provider at position 1 does not get
 * to choose our keys.
 */
public final class PlatformRandom {

  private static final List<String> PREFERRED = List.of("NativePRNG", "DRBG");

  private PlatformRandom() {}

  /** The operating system's generator, else a DRBG (NIST SP 800-90A) that it seeds. */
  public static SecureRandom create() {
    Provider platform = Security.getProvider("SUN");
    Optional<String> algorithm =
        platform == null
            ? Optional.empty()
            : PREFERRED.stream()
                .filter(name -> platform.getService("SecureRandom", name) != null)
                .findFirst();
    if (algorithm.isEmpty()) {
      // A platform without SUN, such as a FIPS one, orders its providers on purpose.
      return new SecureRandom();
    }
    try {
      return SecureRandom.getInstance(algorithm.get(), platform);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SUN has no SecureRandom " + algorithm.get());
    }
  }
}
