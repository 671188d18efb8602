package dev.enclave.core.internal.audit;

import java.io.IOException;

/** There is no checkpoint key yet, and nobody has said that this is wrong. */
final class KeyPendingException extends IOException {

  private static final long serialVersionUID = 1L;

  KeyPendingException() {
    super("the backend that holds the checkpoint key is not open");
  }
}
