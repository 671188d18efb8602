package dev.enclave.core.internal.audit;

import java.io.IOException;

/** A checkpoint needs a countersignature, and the backend that gives it is not open yet. */
final class BackendNotOpenException extends IOException {

  private static final long serialVersionUID = 1L;

  BackendNotOpenException() {
    super("the backend that countersigns its checkpoints is not open");
  }
}
