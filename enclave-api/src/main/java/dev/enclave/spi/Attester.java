package dev.enclave.spi;

import dev.enclave.Bytes;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A backend whose hardware certifies where a key was made. */
public interface Attester {

  /**
   * A provider's statement on a key version.
   *
   * @param format the provider's name of the format
   * @param statement the statement itself, as the provider gave it
   * @param certificates its chain, leaf first, DER; the root is not among them
   * @param facts what the statement says, in words, as far as the backend could read it; each was
   *     checked against the leaf certificate at most, never against a root
   */
  record Attestation(
      String format, Bytes statement, List<Bytes> certificates, Map<String, String> facts) {

    public Attestation {
      certificates = List.copyOf(certificates);
      facts = Collections.unmodifiableMap(new TreeMap<>(facts));
    }
  }

  /**
   * The statement on a version.
   *
   * @throws BackendFailure {@link FailureCode#UNSUPPORTED} when the provider makes none for this
   *     version; {@link FailureCode#CORRUPT} when it is on another key, or damaged
   */
  Attestation attest(KeyVersionRef version, CallContext call) throws BackendFailure;
}
