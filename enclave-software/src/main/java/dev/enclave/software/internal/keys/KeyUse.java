package dev.enclave.software.internal.keys;

import dev.enclave.Bytes;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.SigningInput;
import dev.enclave.crypto.LocalKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.software.internal.records.KeyStore;
import dev.enclave.software.internal.sealing.Manifest;
import dev.enclave.software.internal.sealing.StateRules;
import dev.enclave.software.internal.sealing.VersionEntry;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.RawSignature;
import java.util.function.Predicate;

/** Signs and wraps with the private keys of the store. */
public final class KeyUse {

  private static final int DATA_KEY = 32;

  private final EnvironmentType environment;
  private final KeyStore store;
  private final PrivateKeys privateKeys;

  public KeyUse(EnvironmentType environment, KeyStore store, PrivateKeys privateKeys) {
    this.environment = environment;
    this.store = store;
    this.privateKeys = privateKeys;
  }

  public RawSignature sign(KeyVersionRef ref, SigningInput input, AlgorithmSupport support)
      throws BackendFailure {
    LocalKey key = usable(ref, KeyState::mayProduce);
    if (!support.takes(input)) {
      throw unsupported(ref, "does not sign this kind of message or digest");
    }
    Bytes signature = using(ref, () -> key.sign(input), FailureCode.REJECTED);
    return RawSignature.of(signature, ref.algorithm().defaultEncoding(), ref.version());
  }

  public Bytes wrap(KeyVersionRef kek, SecretBytes dataKey) throws BackendFailure {
    requireWrapping(kek);
    if (dataKey.size() != DATA_KEY) {
      throw unsupported(kek, "wraps data keys of 32 bytes only");
    }
    LocalKey key = usable(kek, KeyState::mayProduce);
    return using(kek, () -> key.wrap(dataKey), FailureCode.REJECTED);
  }

  public SecretBytes unwrap(KeyVersionRef kek, Bytes wrapped) throws BackendFailure {
    requireWrapping(kek);
    LocalKey key = usable(kek, KeyState::mayConsume);
    return using(kek, () -> key.unwrap(wrapped), FailureCode.CORRUPT);
  }

  private static void requireWrapping(KeyVersionRef ref) throws BackendFailure {
    if (ref.algorithm().purpose() != KeyPurpose.WRAP) {
      throw unsupported(ref, "wraps no keys");
    }
  }

  private static BackendFailure unsupported(KeyVersionRef ref, String what) {
    return BackendFailure.permanent(
        FailureCode.UNSUPPORTED,
        "Key " + ref.name() + " is for " + ref.algorithm() + " and " + what + ". Use another key.");
  }

  private LocalKey usable(KeyVersionRef ref, Predicate<KeyState> allowed) throws BackendFailure {
    Manifest manifest = store.read(ref.name());
    VersionEntry version = StateRules.version(manifest, ref.version());
    requireAlgorithm(manifest, ref);
    StateRules.requireStamp(environment, manifest);
    if (!allowed.test(version.state())) {
      if (!version.state().mayConsume()) {
        privateKeys.forget(manifest, version);
      }
      throw StateRules.invalidState(
          manifest, version, "does not allow this. Use the active version.");
    }
    return privateKeys.get(manifest, version);
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
              + ". Load the key again.");
    }
  }

  /** One use of an unsealed key. */
  private interface Work<T> {
    T run();
  }

  private static <T> T using(KeyVersionRef ref, Work<T> use, FailureCode otherwise)
      throws BackendFailure {
    try {
      return use.run();
    } catch (EnclaveException e) {
      if (e.code() == ErrorCode.CLOSED) {
        throw BackendFailure.permanent(
            FailureCode.INVALID_STATE,
            "Version "
                + ref.version()
                + " of key "
                + ref.name()
                + " has just been switched off. Use the active version.");
      }
      throw BackendFailure.permanent(otherwise, e.getMessage());
    } catch (IllegalStateException e) {
      throw BackendFailure.permanent(
          FailureCode.REJECTED, "The data key has been closed. Pass one that is open.");
    }
  }
}
