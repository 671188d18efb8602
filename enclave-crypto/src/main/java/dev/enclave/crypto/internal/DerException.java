package dev.enclave.crypto.internal;

/** Bytes that are not the DER looked for. Checked, so that it never reaches a caller. */
final class DerException extends Exception {

  private static final long serialVersionUID = 1L;

  DerException(String message) {
    super(message);
  }
}
