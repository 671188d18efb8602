package dev.enclave.kit.key;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyState;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.KeyImporter.ImportSupport;
import dev.enclave.spi.backend.RestoreRequest;
import java.util.List;
import java.util.function.Function;

/** What of a backup a remote service can take in, before anything is asked of it. */
public final class Backups {

  private Backups() {}

  /**
   * The versions with a private half, oldest first.
   *
   * @param notTaken refuses an algorithm that is not supported, with the reason
   * @throws BackendFailure that, or {@link FailureCode#REJECTED} when there is none
   */
  public static List<Version> versions(
      RestoreRequest request,
      ImportSupport support,
      Function<KeyAlgorithm, BackendFailure> notTaken)
      throws BackendFailure {
    KeyAlgorithm algorithm = request.key().algorithm();
    if (!support.algorithms().contains(algorithm)) {
      throw notTaken.apply(algorithm);
    }
    List<Version> versions =
        request.key().versions().stream().filter(v -> v.material().isPresent()).toList();
    if (versions.isEmpty()) {
      throw BackendFailure.permanent(
          FailureCode.REJECTED,
          "No version of key " + request.name() + " has a private key. Take another backup.");
    }
    return versions;
  }

  /**
   * Refuses a key that would begin with a version that never was active, for a service where the
   * first one is.
   */
  public static void requireBegun(RestoreRequest request, List<Version> versions)
      throws BackendFailure {
    if (versions.get(0).state() == KeyState.PENDING) {
      throw BackendFailure.permanent(
          FailureCode.REJECTED,
          "The oldest version of key "
              + request.name()
              + " that has a private key never was active. Activate or destroy that version, then"
              + " back the key up anew.");
    }
  }
}
