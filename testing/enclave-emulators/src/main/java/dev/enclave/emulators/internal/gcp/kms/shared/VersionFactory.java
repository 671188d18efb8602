package dev.enclave.emulators.internal.gcp.kms.shared;

import com.google.cloud.kms.v1.CryptoKeyVersionTemplate;
import com.google.cloud.kms.v1.KeyOperationAttestation;
import com.google.cloud.kms.v1.ProtectionLevel;
import dev.enclave.emulators.internal.crypto.Material;
import dev.enclave.emulators.internal.gcp.attestation.Hsm;
import dev.enclave.emulators.internal.gcp.kms.model.Algorithm;
import dev.enclave.emulators.internal.gcp.kms.model.Key;
import dev.enclave.emulators.internal.gcp.kms.model.Version;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Makes key versions by their key's template. Thread-safe. */
public final class VersionFactory {

  private final Shared.Settings settings;
  private final SecureRandom random;
  private final Hsm hsm;

  VersionFactory(Shared.Settings settings, SecureRandom random, Hsm hsm) {
    this.settings = settings;
    this.random = random;
    this.hsm = hsm;
  }

  /**
   * Adds a new version to {@code key}. "Key states", PENDING_GENERATION: "applies to asymmetric
   * keys only".
   */
  public Version add(Key key, Instant now) {
    return add(key, now, version -> {});
  }

  /** The same, made ready by {@code prepared} before anybody sees it. */
  public Version add(Key key, Instant now, Consumer<Version> prepared) {
    Algorithm algorithm = Algorithm.of(key.template().getAlgorithm()).orElseThrow();
    Duration wait = algorithm.asymmetric() ? settings.generationTime() : Duration.ZERO;
    Material material = algorithm.generate(random);
    return key.add(
        number -> {
          Version version = version(key, number, algorithm, now, false);
          version.generated(
              material, statement(version.level(), version.name(), material, true), now.plus(wait));
          prepared.accept(version);
          return version;
        });
  }

  /** Adds a version whose material comes from outside. */
  public Version addEmpty(Key key, Algorithm algorithm, Instant now) {
    return key.add(number -> version(key, number, algorithm, now, true));
  }

  private static Version version(
      Key key, int number, Algorithm algorithm, Instant now, boolean imported) {
    CryptoKeyVersionTemplate template = key.template();
    return new Version(
        key.versionName(number), template.getProtectionLevel(), algorithm, now, imported);
  }

  /**
   * resources.proto, CryptoKeyVersion.attestation: "Only provided for key versions with
   * protection_level HSM."
   */
  public Optional<Supplier<KeyOperationAttestation>> statement(
      ProtectionLevel level, String name, Material material, boolean generated) {
    return level == ProtectionLevel.HSM
        ? Optional.of(hsm.statement(name, material, generated))
        : Optional.empty();
  }
}
