package dev.enclave.spi.backend;

import dev.enclave.KeyAlgorithm;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import java.util.Set;

/** Takes keys in. The engine has decrypted and checked them. */
public non-sealed interface KeyImporter extends Capability {

  /**
   * What a backend takes in.
   *
   * @param algorithms the algorithms whose keys it takes, of those it offers; every other is
   *     refused, with the reason, by {@link #restore}
   * @param whole whether ids and times of the versions stay as they are, and destroyed versions
   *     keep their places; if not, the backend gives ids and times of its own and takes only the
   *     versions that have a private half
   */
  record ImportSupport(Set<KeyAlgorithm> algorithms, boolean whole) {

    public ImportSupport {
      algorithms = Set.copyOf(algorithms);
    }

    /** What a backend takes in. */
    public static ImportSupport of(Set<KeyAlgorithm> algorithms, boolean whole) {
      return new ImportSupport(algorithms, whole);
    }
  }

  /** What it takes in; always the same answer, without I/O. */
  ImportSupport importSupport();

  /**
   * Restores a key under a name that is free: all of its versions or, on any failure, none. States,
   * order and public keys stay as they are in the request; ids, times and destroyed versions too if
   * {@link ImportSupport#whole()}. Every version's origin is IMPORTED, and later versions get ids
   * that none of them has. Repeatable: when the key exists and its restoration carried {@link
   * RestoreRequest#operationId()}, it is returned as it is. Where a place cannot take several
   * versions in at once, a process that dies may leave a part of them, and whoever restores the
   * same versions under the same name finishes it.
   *
   * @throws BackendFailure {@link FailureCode#ALREADY_EXISTS} when another operation made a key of
   *     this name, which stays as it is; {@link FailureCode#UNSUPPORTED} for an algorithm that
   *     {@link ImportSupport#algorithms()} does not name; {@link FailureCode#REJECTED} when a
   *     private half is not one of the algorithm or not that of its public key
   */
  KeySnapshot restore(RestoreRequest request, CallContext call) throws BackendFailure;
}
