package dev.enclave.auditlog.checkpoint;

import java.io.IOException;

/** A checkpoint needs a countersignature, and the backend that gives it is not open yet. */
public final class BackendNotOpenException extends IOException {

  private static final long serialVersionUID = 1L;

  public BackendNotOpenException() {
    super("the backend that countersigns its checkpoints is not open");
  }
}
