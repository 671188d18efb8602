package dev.enclave.error;

/**
 * A failure of category {@link ErrorCategory#CONFIGURATION}: the operator has to change a setting
 * or the class path.
 */
public final class ConfigurationException extends EnclaveException {

  private static final long serialVersionUID = 1L;

  /**
   * @param code a code of category {@link ErrorCategory#CONFIGURATION}
   * @param message what was observed and what to do, without secrets
   */
  public ConfigurationException(ErrorCode code, String message) {
    super(code, message, null, false, null);
  }

  /**
   * The same, with what to do as a part of its own.
   *
   * @param observed what was seen, as sentences
   * @param advice what to do, as sentences
   */
  public ConfigurationException(ErrorCode code, String observed, String advice) {
    super(code, observed, advice, false, null);
  }
}
