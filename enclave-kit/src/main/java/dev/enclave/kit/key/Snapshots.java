package dev.enclave.kit.key;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.PublicKeyInfo;
import dev.enclave.kit.key.ParallelReads.Read;
import dev.enclave.kit.key.VersionLedger.Usable;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Turns what a service says into the engine's words. Thread-safe. */
record Snapshots(KeyService service, AtomicReference<@Nullable Usable> lastToSign) {

  Snapshots(KeyService service) {
    this(service, new AtomicReference<>());
  }

  /** As it was read. */
  public KeySnapshot of(LedgerKey key, CallContext call) throws BackendFailure {
    service.findings().read(key, service.tagPrefix(), call);
    service.noted(key, call);
    KeyAlgorithm algorithm = key.metadata().algorithm();
    List<Read<Optional<PublicKeyInfo>>> reads = new ArrayList<>();
    for (ServiceKey version : key.versions()) {
      reads.add(c -> ifAny(version, algorithm, c));
    }
    service.parallel().ahead(reads, call);
    List<KeyVersion> versions = new ArrayList<>();
    for (ServiceKey version : key.versions()) {
      if (!key.foreign().contains(version.id()) || service.fits(key, version, call)) {
        versions.add(version(key, version, call));
      }
    }
    if (key.revision().equals(LedgerKey.NOT_FIRST)) {
      // Handles name the first public key: that of a later one would pass for another key's.
      versions.replaceAll(version -> version.withPublicKey(Optional.empty()));
    }
    if (versions.isEmpty()) {
      throw service
          .refusals()
          .wrongAnswer(key.metadata().uri() + " has no version")
          .naming(key.metadata().uri());
    }
    Instant createdAt = key.metadata().createdAt();
    return KeySnapshot.of(key.name(), algorithm, versions, key.metadata().uri())
        .withRotation(key.rotation())
        .withMovedTo(key.decision().movedTo())
        .withStamp(key.metadata().stamp())
        .withCreatedAt(createdAt.equals(Instant.EPOCH) ? versions.get(0).createdAt() : createdAt);
  }

  /** One version. */
  public KeyVersion version(LedgerKey key, ServiceKey version, CallContext call)
      throws BackendFailure {
    boolean foreign = key.foreign().contains(version.id());
    return version(key.metadata().algorithm(), version, key.state(version), call)
        .withOrigin(foreign ? KeyOrigin.UNKNOWN : version.origin())
        .withActivatedAt(key.activatedAt(version));
  }

  /** A private key by itself: active while the service has it on and nothing says else. */
  public KeySnapshot foreign(
      KeyName name,
      KeyAlgorithm algorithm,
      ServiceKey key,
      VersionRule.Standing standing,
      StampReading stamp,
      CallContext call)
      throws BackendFailure {
    KeyState state = VersionRule.state(key.material(), standing);
    return KeySnapshot.of(name, algorithm, List.of(version(algorithm, key, state, call)), key.uri())
        .withStamp(stamp)
        .withCreatedAt(key.createdAt());
  }

  private KeyVersion version(
      KeyAlgorithm algorithm, ServiceKey version, KeyState state, CallContext call)
      throws BackendFailure {
    if (state == KeyState.ACTIVE && algorithm.purpose() == KeyPurpose.SIGN) {
      lastToSign.set(new Usable(version.uri(), algorithm));
    }
    KeyVersion told = KeyVersion.of(version.version(), state, version.createdAt(), version.uri());
    try {
      told = told.withPublicKey(service.publicKey(version, algorithm, call));
    } catch (BackendFailure e) {
      // A version whose public key is none must still be shown, switched off and destroyed.
      if (e.code() != FailureCode.CORRUPT) {
        throw e;
      }
      told = told.withPublicKeyFault(String.valueOf(e.getMessage()));
    }
    return told.withAssurance(service.assurance(version, call)).withOrigin(version.origin());
  }

  /** For who reads ahead: nothing where what was answered is no public key. */
  private Optional<PublicKeyInfo> ifAny(
      ServiceKey version, KeyAlgorithm algorithm, CallContext call) throws BackendFailure {
    try {
      return service.publicKey(version, algorithm, call);
    } catch (BackendFailure e) {
      if (e.code() != FailureCode.CORRUPT) {
        throw e;
      }
      return Optional.empty();
    }
  }
}
