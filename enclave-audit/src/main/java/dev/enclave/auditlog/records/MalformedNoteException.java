package dev.enclave.auditlog.records;

import java.io.IOException;

/** A text that is no signed note, or whose signature is not valid. */
public final class MalformedNoteException extends IOException {

  private static final long serialVersionUID = 1L;

  public MalformedNoteException(String message) {
    super(message);
  }
}
