package dev.enclave.kit.key;

import dev.enclave.KeyAlgorithm;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.backend.KeyImporter.ImportSupport;

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
