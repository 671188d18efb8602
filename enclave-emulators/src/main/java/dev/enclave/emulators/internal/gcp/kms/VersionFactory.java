package dev.enclave.emulators.internal.gcp.kms;

import com.google.cloud.kms.v1.CryptoKeyVersionTemplate;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Makes key versions by their key's template. Thread-safe. */
final class VersionFactory {

  private final Shared.Settings settings;
  private final SecureRandom random;

  VersionFactory(Shared.Settings settings, SecureRandom random) {
    this.settings = settings;
    this.random = random;
  }

  /**
   * Adds a new version to {@code key}. "Key version states": PENDING_GENERATION "applies to
   * asymmetric keys only".
   */
  Version add(Key key, Instant now) {
    CryptoKeyVersionTemplate template = key.template();
    Algorithm algorithm = Algorithm.of(template.getAlgorithm()).orElseThrow();
    Duration wait = algorithm.asymmetric() ? settings.generationTime() : Duration.ZERO;
    int number = key.nextNumber();
    Version version =
        new Version(key.versionName(number), template.getProtectionLevel(), algorithm, now, false);
    version.generated(algorithm.generate(random), Optional.empty(), now.plus(wait));
    key.add(number, version);
    return version;
  }
}
