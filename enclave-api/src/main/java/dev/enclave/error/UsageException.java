package dev.enclave.error;

/** A failure of category {@link ErrorCategory#USAGE}: the caller has to change the call. */
public final class UsageException extends EnclaveException {

  private static final long serialVersionUID = 1L;

  /**
   * @param code a code of category {@link ErrorCategory#USAGE}
   * @param message what was observed and what to do, without secrets
   */
  public UsageException(ErrorCode code, String message) {
    super(code, message, null, false, null);
  }

  /**
   * The same, with what to do as a part of its own.
   *
   * @param observed what was seen, as sentences
   * @param advice what to do, as sentences
   */
  public UsageException(ErrorCode code, String observed, String advice) {
    super(code, observed, advice, false, null);
  }
}
