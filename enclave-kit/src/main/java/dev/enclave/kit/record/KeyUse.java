package dev.enclave.kit.record;

import dev.enclave.Bytes;
import dev.enclave.KeyName;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.SigningInput;
import dev.enclave.crypto.LocalKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.kit.Refusals;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.RawSignature;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;

/** Signs and wraps with the private keys of the store, and gives them out. Thread-safe. */
final class KeyUse {

  private static final int DATA_KEY = 32;

  private final BackendContext context;
  private final Refusals refusals;
  private final KeyRecords records;

  KeyUse(BackendContext context, Refusals refusals, KeyRecords records) {
    this.context = context;
    this.refusals = refusals;
    this.records = records;
  }

  RawSignature sign(
      KeyVersionRef ref, SigningInput input, AlgorithmSupport support, CallContext call)
      throws BackendFailure {
    if (!support.takes(input)) {
      throw refusals.notTaken(support);
    }
    Bytes signature =
        using(
            ref,
            call,
            (manifest, version) -> mayProduce(manifest, version, ref),
            FailureCode.REJECTED,
            key -> key.sign(input));
    return RawSignature.of(signature, ref.algorithm().defaultEncoding(), ref.version());
  }

  Bytes wrap(KeyVersionRef kek, SecretBytes dataKey, CallContext call) throws BackendFailure {
    requireWrapping(kek);
    if (dataKey.size() != DATA_KEY) {
      throw refusals.cannot(kek.algorithm(), "wrap anything but data keys of 32 bytes");
    }
    return using(
        kek,
        call,
        (manifest, version) -> version.state().mayProduce(),
        FailureCode.REJECTED,
        key -> key.wrap(dataKey));
  }

  SecretBytes unwrap(KeyVersionRef kek, Bytes wrapped, CallContext call) throws BackendFailure {
    requireWrapping(kek);
    return using(
        kek,
        call,
        (manifest, version) -> version.state().mayConsume(),
        FailureCode.CORRUPT,
        key -> key.unwrap(wrapped));
  }

  /** The active version, and one that another has replaced a moment ago. */
  private boolean mayProduce(Manifest manifest, VersionEntry version, KeyVersionRef ref) {
    return version.state().mayProduce()
        || (version.replacedAt().filter(at -> ref.inGrace(at, context.time().now())).isPresent()
            && manifest.active().isPresent());
  }

  private void requireWrapping(KeyVersionRef ref) throws BackendFailure {
    if (ref.algorithm().purpose() != KeyPurpose.WRAP) {
      throw refusals.cannot(ref.algorithm(), "wrap");
    }
  }

  private <T> T using(
      KeyVersionRef ref,
      CallContext call,
      BiPredicate<Manifest, VersionEntry> allowed,
      FailureCode otherwise,
      Function<LocalKey, T> work)
      throws BackendFailure {
    while (true) {
      try {
        return run(usable(ref, allowed, call), work, otherwise);
      } catch (SupersededException e) {
        // It was switched off or overwritten meanwhile; the next reading says which.
        records.requireTime(ref.name(), call);
      }
    }
  }

  private LocalKey usable(
      KeyVersionRef ref, BiPredicate<Manifest, VersionEntry> allowed, CallContext call)
      throws BackendFailure, SupersededException {
    Reading reading = records.use(ref.name(), call);
    if (reading.manifest().version(ref.version()).isEmpty()) {
      reading = records.read(ref.name(), call);
    }
    Manifest manifest = reading.manifest();
    VersionEntry version = manifest.require(ref.version(), refusals);
    manifest.requireAlgorithm(ref.algorithm(), FailureCode.REJECTED);
    manifest.requireStamp(context.environment());
    if (!allowed.test(manifest, version)) {
      throw refusals.invalidState(manifest.name(), version.id(), version.state());
    }
    return records.privateKey(reading, version);
  }

  private static <T> T run(LocalKey key, Function<LocalKey, T> work, FailureCode otherwise)
      throws BackendFailure, SupersededException {
    try {
      return work.apply(key);
    } catch (EnclaveException e) {
      if (e.code() == ErrorCode.CLOSED) {
        throw new SupersededException();
      }
      throw BackendFailure.permanent(otherwise, e.getMessage());
    } catch (IllegalStateException e) {
      throw BackendFailure.permanent(
          FailureCode.REJECTED, "The data key has been closed.", "Pass one that is open.");
    }
  }

  /** A whole key, of one record, as the store has it now. */
  ExportedKey export(KeyName name, CallContext call) throws BackendFailure {
    while (true) {
      try {
        return exported(records.read(name, call));
      } catch (SupersededException e) {
        records.requireTime(name, call);
      }
    }
  }

  private ExportedKey exported(Reading reading) throws BackendFailure, SupersededException {
    Manifest manifest = reading.manifest();
    manifest.requireStamp(context.environment());
    List<Version> versions = new ArrayList<>();
    boolean complete = false;
    try {
      for (VersionEntry version : manifest.versions()) {
        versions.add(exported(reading, version));
      }
      complete = true;
    } finally {
      if (!complete) {
        versions.forEach(v -> v.material().ifPresent(SecretBytes::close));
      }
    }
    return ExportedKey.of(
        manifest.name(),
        manifest.algorithm(),
        manifest.rotation(),
        Optional.of(manifest.stamp()),
        versions);
  }

  private Version exported(Reading reading, VersionEntry version)
      throws BackendFailure, SupersededException {
    Optional<SecretBytes> material = Optional.empty();
    if (version.state() != KeyState.DESTROYED) {
      // Not the kept copy: a disabled version's is closed, and a backup needs it all the same.
      try (LocalKey key = records.openPrivateKey(reading, version)) {
        material = Optional.of(key.encode());
      }
    }
    return Version.of(
        version.id(), version.state(), version.createdAt(), version.publicKey(), material);
  }
}
