package dev.enclave.error;

/** A failure of category {@link ErrorCategory#POLICY}: the environment's policy forbids it. */
public final class PolicyException extends EnclaveException {

  private static final long serialVersionUID = 1L;

  /**
   * @param code a code of category {@link ErrorCategory#POLICY}
   * @param message what was observed and what to do, without secrets
   */
  public PolicyException(ErrorCode code, String message) {
    super(code, message, null, false, null);
  }

  /**
   * The same, with what to do as a part of its own.
   *
   * @param observed what was seen, as sentences
   * @param advice what to do, as sentences
   */
  public PolicyException(ErrorCode code, String observed, String advice) {
    super(code, observed, advice, false, null);
  }
}
