package dev.enclave.emulators.internal.azure.common;

import java.util.Optional;

/**
 * An error answer (Key Vault documentation, "Common parameters and headers", Common error
 * response): HTTP status, code, text, and where the service has one the code of the inner error.
 */
public final class AzureFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final String inner;

  private AzureFailure(int status, String code, String inner, String message) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
    this.inner = inner;
  }

  /** A failure. */
  public static AzureFailure of(int status, String code, String message) {
    return new AzureFailure(status, code, "", message);
  }

  /** A failure with an inner error. */
  public static AzureFailure of(int status, String code, String inner, String message) {
    return new AzureFailure(status, code, inner, message);
  }

  /** The request is not as it should be. */
  public static AzureFailure badParameter(String message) {
    return of(400, "BadParameter", message);
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** The error's code, such as {@code KeyNotFound}. */
  public String code() {
    return code;
  }

  /** The inner error's code, such as {@code KeyDisabled}. */
  public Optional<String> inner() {
    return inner.isEmpty() ? Optional.empty() : Optional.of(inner);
  }

  /** The text, never null. */
  public String text() {
    return String.valueOf(getMessage());
  }
}
