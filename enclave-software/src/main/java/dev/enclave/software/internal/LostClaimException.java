package dev.enclave.software.internal;

import java.io.IOException;

/** Somebody else may hold what this thread relies on. */
final class LostClaimException extends IOException {
  private static final long serialVersionUID = 1L;

  LostClaimException(String message) {
    super(message);
  }
}
