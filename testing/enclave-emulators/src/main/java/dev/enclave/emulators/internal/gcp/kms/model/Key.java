package dev.enclave.emulators.internal.gcp.kms.model;

import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKeyVersionTemplate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** A crypto key: its settings and its versions by number. Thread-safe. */
public final class Key {

  private final String name;
  private final ConcurrentNavigableMap<Integer, Version> versions = new ConcurrentSkipListMap<>();
  private volatile CryptoKey settings;
  private int primary;
  private int earlierPrimary;
  private Instant primarySince = Instant.MIN;
  private int last;

  /**
   * Without versions.
   *
   * @param settings as they are answered, without the primary version
   */
  public Key(CryptoKey settings) {
    this.name = settings.getName();
    this.settings = settings;
  }

  public String name() {
    return name;
  }

  public CryptoKey settings() {
    return settings;
  }

  public void settings(CryptoKey newSettings) {
    settings = newSettings;
  }

  public CryptoKeyVersionTemplate template() {
    return settings.getVersionTemplate();
  }

  public Duration destroyWait() {
    return Times.of(settings.getDestroyScheduledDuration());
  }

  public ConcurrentNavigableMap<Integer, Version> versions() {
    return versions;
  }

  /**
   * Adds the version that {@code made} makes with its number. service.proto,
   * CreateCryptoKeyVersion: "The server will assign the next sequential id." Nobody sees one of two
   * that are made at once without the one before it.
   */
  public synchronized Version add(IntFunction<Version> made) {
    Version version = made.apply(last + 1);
    last++;
    versions.put(last, version);
    return version;
  }

  public String versionName(int number) {
    return name + "/cryptoKeyVersions/" + number;
  }

  public synchronized void primary(int number, Instant now) {
    earlierPrimary = primary;
    primary = number;
    primarySince = now;
  }

  public synchronized Optional<Version> primary() {
    return Optional.ofNullable(versions.get(primary));
  }

  /**
   * "Cloud KMS resource consistency": "While such eventually-consistent changes propagate, Encrypt
   * operations for a CryptoKey might use the CryptoKey's previous primary version".
   */
  public synchronized Optional<Version> primaryForEncryption(Instant now, Duration lag) {
    @Nullable Version earlier = versions.get(earlierPrimary);
    return earlier != null && now.isBefore(primarySince.plus(lag))
        ? Optional.of(earlier)
        : primary();
  }

  /**
   * resources.proto, CryptoKey.
   *
   * @param full with the primary version's attestation
   */
  public CryptoKey describe(Instant now, boolean full) {
    CryptoKey.Builder answer = settings.toBuilder();
    primary().ifPresent(version -> answer.setPrimary(version.describe(now, full)));
    return answer.build();
  }
}
