package dev.enclave.software.internal.disk;

import java.io.IOException;

/** Somebody else may hold what this thread relies on. */
public final class LostClaimException extends IOException {
  private static final long serialVersionUID = 1L;

  public LostClaimException(String message) {
    super(message);
  }
}
