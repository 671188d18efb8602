package dev.enclave.kit.key;

import dev.enclave.KeyAlgorithm;
import dev.enclave.crypto.LocalKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.kit.Refusals;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.KeyImporter.ImportSupport;
import java.security.SecureRandom;

/**
 * Brings private keys into a service: the transport of an import. Which of them make a key, in
 * which order and when, is the ledger's. Thread-safe.
 */
public interface KeyTaker {

  /** What it takes in; always the same answer, without a request. */
  ImportSupport support();

  /** Says why a key for that algorithm is not taken in. */
  BackendFailure notTaken(KeyAlgorithm algorithm);

  /**
   * Checks a version before anything is sent: that its private key is one for the algorithm, and
   * the one of its public key.
   *
   * @throws BackendFailure {@link dev.enclave.spi.FailureCode#REJECTED}
   */
  void check(ExportedKey.Version version, KeyAlgorithm algorithm) throws BackendFailure;

  /**
   * A version's private key, as PKCS#8 (RFC 5208) whatever the encoding that was given carries
   * besides, once it is one for the algorithm and the one of its public key.
   *
   * @throws BackendFailure as {@link #check}
   */
  static SecretBytes checked(
      ExportedKey.Version version, KeyAlgorithm algorithm, Refusals refusals, SecureRandom random)
      throws BackendFailure {
    try (LocalKey key = LocalKey.decode(algorithm, version.material().orElseThrow(), random)) {
      if (!key.publicKey().equals(version.publicKey())) {
        throw refusals.notItsPublicKey(version.id(), Texts.NOTHING_SENT.with());
      }
      return key.encode();
    } catch (EnclaveException e) {
      throw refusals.notOfTheAlgorithm(version.id(), algorithm);
    }
  }

  /** Fails where nothing can be brought in now, before a name is taken; by default at once. */
  default void requireReady(CallContext call) throws BackendFailure {}

  /**
   * Brings a private key in, switched on unless its state is DISABLED and the service can make it
   * off at once. A repetition by this process for the same unit goes on with what it made.
   *
   * @param into the tags of the new version, and what it is for; a {@link RecordService} has no
   *     tags in it
   * @return the version, which may be pending
   */
  ServiceKey bring(TaggedService.Making into, ExportedKey.Version version, CallContext call)
      throws BackendFailure;
}
