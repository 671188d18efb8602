package dev.enclave.spi.backend;

import dev.enclave.Bytes;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.Attester.Attestation;
import java.util.List;
import java.util.Optional;

/**
 * A {@link BackendProvider} that reads what its provider's hardware states on keys from files,
 * without configuration, network or identity.
 */
public interface StatementReader {

  /**
   * Reads a statement and checks it as {@link Attester} does. A pure function.
   *
   * @param statement as the provider gives it, or unpacked
   * @param certificates X.509, DER, in any order, with roots or without
   * @param publicKey DER SubjectPublicKeyInfo of the key that the statement has to be on
   * @return none when the bytes are no statement of this provider's hardware
   * @throws BackendFailure {@link FailureCode#CORRUPT} when it is on another key, was changed, or
   *     is not signed by the key of any certificate
   */
  Optional<Attestation> readStatement(
      Bytes statement, List<Bytes> certificates, Optional<Bytes> publicKey) throws BackendFailure;
}
