package dev.enclave.spi;

import dev.enclave.Bytes;
import java.util.List;

/** A backend whose hardware certifies where a key was made. */
public interface Attester {

  /**
   * A provider's statement on a key version.
   *
   * @param format the provider's name of the format
   * @param statement the statement itself
   * @param certificates its chain, leaf first, DER
   */
  record Attestation(String format, Bytes statement, List<Bytes> certificates) {

    public Attestation {
      certificates = List.copyOf(certificates);
    }
  }

  /** The statement on a version. */
  Attestation attest(KeyVersionRef version, CallContext call) throws BackendFailure;
}
