package dev.enclave.kit.record;

import dev.enclave.Bytes;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyPurpose;
import dev.enclave.SigningInput;
import dev.enclave.crypto.LocalKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.RawSignature;

/** Signs and wraps with the private keys of the store. Thread-safe. */
final class KeyUse {

  private static final int DATA_KEY = 32;

  private final EnvironmentType environment;
  private final TimeSource time;
  private final KeyRecords records;

  KeyUse(BackendContext context, KeyRecords records) {
    this.environment = context.environment();
    this.time = context.time();
    this.records = records;
  }

  RawSignature sign(
      KeyVersionRef ref, SigningInput input, AlgorithmSupport support, CallContext call)
      throws BackendFailure {
    Bytes signature =
        using(
            ref,
            call,
            (manifest, version) -> mayProduce(manifest, version, ref),
            FailureCode.REJECTED,
            key -> {
              if (!support.takes(input)) {
                throw unsupported(ref, "does not sign this kind of message or digest");
              }
              return key.sign(input);
            });
    return RawSignature.of(signature, ref.algorithm().defaultEncoding(), ref.version());
  }

  Bytes wrap(KeyVersionRef kek, SecretBytes dataKey, CallContext call) throws BackendFailure {
    requireWrapping(kek);
    if (dataKey.size() != DATA_KEY) {
      throw unsupported(kek, "wraps data keys of 32 bytes only");
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
        || (version.replacedAt().filter(at -> ref.inGrace(at, time.now())).isPresent()
            && manifest.active().isPresent());
  }

  private static void requireWrapping(KeyVersionRef ref) throws BackendFailure {
    if (ref.algorithm().purpose() != KeyPurpose.WRAP) {
      throw unsupported(ref, "wraps no keys");
    }
  }

  private static BackendFailure unsupported(KeyVersionRef ref, String what) {
    return BackendFailure.permanent(
        FailureCode.UNSUPPORTED,
        "Key " + ref.name() + " is for " + ref.algorithm() + " and " + what + ".",
        "Use another key.");
  }

  /** Which version may be used. */
  private interface Allowed {
    boolean test(Manifest manifest, VersionEntry version);
  }

  /** One use of an open key. */
  private interface Work<T> {
    T run(LocalKey key) throws BackendFailure;
  }

  private <T> T using(
      KeyVersionRef ref, CallContext call, Allowed allowed, FailureCode otherwise, Work<T> work)
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

  private LocalKey usable(KeyVersionRef ref, Allowed allowed, CallContext call)
      throws BackendFailure, SupersededException {
    Reading reading = records.use(ref.name(), call);
    if (reading.manifest().version(ref.version()).isEmpty()) {
      reading = records.read(ref.name(), call);
    }
    Manifest manifest = reading.manifest();
    VersionEntry version = StateRules.version(manifest, ref.version());
    requireAlgorithm(manifest, ref);
    StateRules.requireStamp(environment, manifest);
    if (!allowed.test(manifest, version)) {
      throw StateRules.invalidState(
          manifest, version, "does not allow this. Use the active version.");
    }
    return records.privateKey(reading, version);
  }

  private static void requireAlgorithm(Manifest manifest, KeyVersionRef ref) throws BackendFailure {
    if (manifest.algorithm() != ref.algorithm()) {
      throw BackendFailure.permanent(
          FailureCode.REJECTED,
          "Key "
              + ref.name()
              + " is for "
              + manifest.algorithm()
              + ", not for "
              + ref.algorithm()
              + ".",
          "Load the key again.");
    }
  }

  private static <T> T run(LocalKey key, Work<T> work, FailureCode otherwise)
      throws BackendFailure, SupersededException {
    try {
      return work.run(key);
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
}
