package dev.enclave.crypto.internal.encoding;

/** Bytes that are not the DER looked for. Checked, so that it never reaches a caller. */
public final class DerException extends Exception {

  private static final long serialVersionUID = 1L;

  public DerException(String message) {
    super(message);
  }
}
