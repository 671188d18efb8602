package dev.enclave.jca;

import dev.enclave.error.EnclaveException;
import java.security.SignatureException;

/** What Enclave throws, as JCA's callers expect it. */
final class Failures {

  private Failures() {}

  /** With code and advice in the text, and {@code e} itself as the cause. */
  static SignatureException of(EnclaveException e) {
    return new SignatureException(e.code() + ": " + e.getMessage(), e);
  }
}
