package dev.enclave.core.internal.lifecycle;

import dev.enclave.admin.StorePassphrase;
import dev.enclave.core.internal.key.SharedParts;
import dev.enclave.core.internal.operation.OperationRun;
import java.util.Objects;

/** Seals the resolved backend's keys anew. Thread-safe. */
public final class StoreResealer implements StorePassphrase {

  private final SharedParts shared;
  private final String caller;

  public StoreResealer(SharedParts shared, String caller) {
    this.shared = shared;
    this.caller = caller;
  }

  @Override
  public void remove() {
    reseal(new ResealOperation());
  }

  @Override
  public void change(char[] newPassphrase) {
    Objects.requireNonNull(newPassphrase, "newPassphrase");
    reseal(new ResealOperation(newPassphrase));
  }

  private void reseal(ResealOperation operation) {
    OperationRun.by(caller, shared).in(shared.backends().resolved()).run(operation);
  }
}
