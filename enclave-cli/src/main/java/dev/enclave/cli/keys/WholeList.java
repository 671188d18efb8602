package dev.enclave.cli.keys;

import dev.enclave.Enclave;
import dev.enclave.KeyInfo;
import dev.enclave.KeyName;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.error.EnclaveException;
import java.util.List;

/** A list that lacks keys says so when it has been printed. */
final class WholeList {

  private WholeList() {}

  /**
   * The exit code of a list that lacks nothing.
   *
   * @param names the names of all keys, read before the keys
   * @param keys those that could be read
   * @throws EnclaveException with the code of the first key that cannot be read, if any
   */
  static int required(Enclave enclave, List<KeyName> names, List<KeyInfo> keys) {
    if (keys.stream().map(KeyInfo::name).toList().containsAll(names)) {
      return 0;
    }
    List<HealthReport.Finding> unreadable = enclave.admin().unreadableKeys();
    if (unreadable.isEmpty()) {
      return 0;
    }
    throw EnclaveException.of(
        unreadable.get(0).code(),
        "The list lacks "
            + unreadable.size()
            + (unreadable.size() == 1 ? " key: " : " keys, the first: ")
            + unreadable.get(0).observed());
  }
}
