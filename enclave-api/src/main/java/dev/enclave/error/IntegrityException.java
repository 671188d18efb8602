package dev.enclave.error;

/** A failure of category {@link ErrorCategory#INTEGRITY}: data is not what it must be. */
public final class IntegrityException extends EnclaveException {

  private static final long serialVersionUID = 1L;

  /**
   * @param code a code of category {@link ErrorCategory#INTEGRITY}
   * @param message what was observed and what to do, without secrets
   */
  public IntegrityException(ErrorCode code, String message) {
    super(code, message, null, false, null);
  }

  /**
   * The same, with what to do as a part of its own.
   *
   * @param observed what was seen, as sentences
   * @param advice what to do, as sentences
   */
  public IntegrityException(ErrorCode code, String observed, String advice) {
    super(code, observed, advice, false, null);
  }
}
