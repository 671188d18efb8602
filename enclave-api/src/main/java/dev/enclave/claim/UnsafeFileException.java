package dev.enclave.claim;

import java.io.IOException;

/** A file or directory that others could read or swap; the message says how to mend it. */
public final class UnsafeFileException extends IOException {

  private static final long serialVersionUID = 1L;

  public UnsafeFileException(String message) {
    super(message);
  }
}
