package dev.enclave.error;

/** A failure of category {@link ErrorCategory#INTEGRITY}: data is not what it must be. */
public final class IntegrityException extends EnclaveException {

  private static final long serialVersionUID = 1L;

  /**
   * @param code a code of category {@link ErrorCategory#INTEGRITY}
   * @param message what was observed and what to do, without secrets
   */
  public IntegrityException(ErrorCode code, String message) {
    super(code, message, false, null);
  }
}
