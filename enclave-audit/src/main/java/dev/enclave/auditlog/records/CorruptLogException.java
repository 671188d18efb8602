package dev.enclave.auditlog.records;

import java.io.IOException;

/** A log that can be read and is not one, so that nothing may be chained to it. */
public final class CorruptLogException extends IOException {

  private static final long serialVersionUID = 1L;

  public CorruptLogException(String message) {
    super(message);
  }
}
