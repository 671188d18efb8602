package dev.enclave.emulators.internal.gcp.kms.model;

import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.cloud.kms.v1.KeyOperationAttestation;
import com.google.cloud.kms.v1.ProtectionLevel;
import dev.enclave.emulators.internal.crypto.Material;
import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A key version: its material and the state that it is in at a moment. States that come by time are
 * worked out when somebody looks. Thread-safe.
 */
public final class Version {

  private final String name;
  private final ProtectionLevel level;
  private final Instant createTime;
  private final boolean imported;
  private Algorithm algorithm;
  private Instant readyAt = Instant.MAX;
  private @Nullable Material material;
  private byte @Nullable [] fingerprint;
  private @Nullable Supplier<KeyOperationAttestation> attestation;
  private CryptoKeyVersionState stored = CryptoKeyVersionState.ENABLED;
  private Instant usableUntil = Instant.MIN;
  private @Nullable Instant destroyTime;
  private @Nullable String importJob;
  private @Nullable String importFailure;
  private boolean wrappable;
  private boolean trusted;

  /**
   * Without material.
   *
   * @param imported whether its material will come from outside
   */
  public Version(
      String name,
      ProtectionLevel level,
      Algorithm algorithm,
      Instant createTime,
      boolean imported) {
    this.name = name;
    this.level = level;
    this.algorithm = algorithm;
    this.createTime = createTime;
    this.imported = imported;
  }

  public String name() {
    return name;
  }

  /** resources.proto, trusted_wrapping_enabled: "may be wrapped by a trusted key". */
  public synchronized void allowTrustedWrapping() {
    wrappable = true;
  }

  public synchronized boolean wrappable() {
    return wrappable;
  }

  /** resources.proto, hsm_trusted. */
  public synchronized void trust() {
    trusted = true;
  }

  public synchronized boolean trusted() {
    return trusted;
  }

  public ProtectionLevel level() {
    return level;
  }

  public synchronized Algorithm algorithm() {
    return algorithm;
  }

  /** Its material is made here, and is there at {@code ready}. */
  public synchronized void generated(
      Material made, Optional<Supplier<KeyOperationAttestation>> statement, Instant ready) {
    hold(made, statement);
    readyAt = ready;
  }

  /** Its material came wrapped for {@code job}, and is there at {@code ready}. */
  public synchronized void imported(
      String job,
      Algorithm of,
      Material unwrapped,
      Optional<Supplier<KeyOperationAttestation>> statement,
      Instant ready) {
    algorithm = of;
    hold(unwrapped, statement);
    comeFrom(job, ready);
    stored = CryptoKeyVersionState.ENABLED;
    importFailure = null;
    destroyTime = null;
  }

  /** Its material came wrapped by a key that the HSM trusts, and is there at {@code ready}. */
  public synchronized void importedByTrustedKey(Material unwrapped, Instant ready) {
    hold(unwrapped, Optional.empty());
    readyAt = ready;
  }

  /** What came wrapped for {@code job} was of no use, which shows at {@code ready}. */
  public synchronized void notImported(String job, String reason, Instant ready) {
    comeFrom(job, ready);
    stored = CryptoKeyVersionState.IMPORT_FAILED;
    importFailure = reason;
    destroyTime = null;
  }

  private void comeFrom(String job, Instant ready) {
    importJob = job;
    readyAt = ready;
  }

  private void hold(Material newMaterial, Optional<Supplier<KeyOperationAttestation>> statement) {
    material = newMaterial;
    fingerprint = newMaterial.fingerprint();
    attestation = statement.orElse(null);
  }

  /**
   * resources.proto, reimport_eligible; service.proto, ImportCryptoKeyVersionRequest: "previously
   * created via ImportCryptoKeyVersion, and be in DESTROYED or IMPORT_FAILED state".
   */
  public synchronized boolean reimportEligible(Instant now) {
    CryptoKeyVersionState state = state(now);
    return imported
        && (state == CryptoKeyVersionState.DESTROYED
            || state == CryptoKeyVersionState.IMPORT_FAILED);
  }

  /**
   * service.proto, ImportCryptoKeyVersionRequest: "The key material and algorithm must match the
   * previous CryptoKeyVersion exactly if the CryptoKeyVersion has ever contained key material."
   */
  public synchronized boolean accepts(Algorithm wanted, Material candidate) {
    return fingerprint == null
        || (wanted == algorithm && Arrays.equals(fingerprint, candidate.fingerprint()));
  }

  public synchronized CryptoKeyVersionState state(Instant now) {
    if (now.isBefore(readyAt)) {
      return imported
          ? CryptoKeyVersionState.PENDING_IMPORT
          : CryptoKeyVersionState.PENDING_GENERATION;
    }
    if (destroyTime != null && !now.isBefore(destroyTime)) {
      material = null;
      return CryptoKeyVersionState.DESTROYED;
    }
    return stored;
  }

  /**
   * The material of a version that may be used. "Cloud KMS resource consistency": "Disabling a key
   * version is an eventually consistent operation. The key version typically remains usable … after
   * it is disabled."
   */
  public synchronized Material usable(Instant now) {
    CryptoKeyVersionState state = state(now);
    Material held = material;
    boolean lagging = state == CryptoKeyVersionState.DISABLED && now.isBefore(usableUntil);
    if (held == null || !(state == CryptoKeyVersionState.ENABLED || lagging)) {
      throw notEnabled(state);
    }
    return held;
  }

  public GcpFailure notEnabled(CryptoKeyVersionState state) {
    return GcpFailure.precondition(
        "KEY_" + state, name, name + " is not enabled, current state is: " + state + ".");
  }

  /** service.proto, UpdateCryptoKeyVersion: "between ENABLED and DISABLED using this method". */
  public synchronized void enable(boolean enabled, Instant now, Duration lag) {
    CryptoKeyVersionState state = state(now);
    if (state != CryptoKeyVersionState.ENABLED && state != CryptoKeyVersionState.DISABLED) {
      throw transition(
          state, enabled ? CryptoKeyVersionState.ENABLED : CryptoKeyVersionState.DISABLED);
    }
    if (!enabled && state == CryptoKeyVersionState.ENABLED) {
      usableUntil = now.plus(lag);
    }
    stored = enabled ? CryptoKeyVersionState.ENABLED : CryptoKeyVersionState.DISABLED;
  }

  /** service.proto, DestroyCryptoKeyVersion. */
  public synchronized void destroy(Instant now, Duration wait) {
    CryptoKeyVersionState state = state(now);
    if (state != CryptoKeyVersionState.ENABLED && state != CryptoKeyVersionState.DISABLED) {
      throw transition(state, CryptoKeyVersionState.DESTROY_SCHEDULED);
    }
    stored = CryptoKeyVersionState.DESTROY_SCHEDULED;
    destroyTime = now.plus(wait);
  }

  /** service.proto, RestoreCryptoKeyVersion. */
  public synchronized void restore(Instant now) {
    CryptoKeyVersionState state = state(now);
    if (state != CryptoKeyVersionState.DESTROY_SCHEDULED) {
      throw transition(state, CryptoKeyVersionState.DISABLED);
    }
    stored = CryptoKeyVersionState.DISABLED;
    destroyTime = null;
  }

  private GcpFailure transition(CryptoKeyVersionState from, CryptoKeyVersionState to) {
    return GcpFailure.precondition(
        "KEY_" + from, name, name + " cannot change from state " + from + " to state " + to + ".");
  }

  /**
   * resources.proto, CryptoKeyVersion.
   *
   * @param full with its attestation
   */
  public synchronized CryptoKeyVersion describe(Instant now, boolean full) {
    CryptoKeyVersionState state = state(now);
    CryptoKeyVersion.Builder answer =
        CryptoKeyVersion.newBuilder()
            .setName(name)
            .setState(state)
            .setProtectionLevel(level)
            .setAlgorithm(algorithm.wire())
            .setCreateTime(Times.of(createTime))
            .setReimportEligible(reimportEligible(now))
            .setTrustedWrappingEnabled(wrappable)
            .setHsmTrusted(trusted);
    boolean ready = !now.isBefore(readyAt);
    if (ready && !imported) {
      answer.setGenerateTime(Times.of(readyAt));
    }
    if (importJob != null) {
      answer.setImportJob(importJob);
    }
    if (ready && imported && importFailure == null) {
      answer.setImportTime(Times.of(readyAt));
    }
    if (ready && importFailure != null) {
      answer.setImportFailureReason(importFailure);
    }
    if (destroyTime != null) {
      if (state == CryptoKeyVersionState.DESTROYED) {
        answer.setDestroyEventTime(Times.of(destroyTime));
      } else {
        answer.setDestroyTime(Times.of(destroyTime));
      }
    }
    if (full && ready && attestation != null) {
      answer.setAttestation(attestation.get());
    }
    return answer.build();
  }
}
