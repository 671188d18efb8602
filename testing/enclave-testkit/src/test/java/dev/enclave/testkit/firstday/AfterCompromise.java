package dev.enclave.testkit.firstday;

import dev.enclave.Enclave;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;

/** What is done when somebody else may have the private key of a version. */
final class AfterCompromise {

  private AfterCompromise() {}

  // region compromise
  /** A signing key. */
  static void replace(Enclave enclave, String name, KeyVersionId stolen) {
    ManagedKey key = enclave.admin().key(name);
    if (key.info().active().map(KeyVersion::id).filter(stolen::equals).isPresent()) {
      key.rotate(RotationRequest.ifActive(stolen).reason(RotationReason.COMPROMISE));
    } else {
      key.disable(stolen);
    }
  }

  /** A wrapping key: a box opens under no disabled version, so each is sealed anew before. */
  static void replaceKek(Enclave enclave, String name, KeyVersionId stolen, Runnable resealAll) {
    ManagedKey kek = enclave.admin().key(name);
    kek.rotate(RotationRequest.ifActive(stolen));
    resealAll.run();
    kek.disable(stolen);
  }
  // endregion
}
