package dev.enclave.emulators.internal.azure.common;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * An error answer (Key Vault documentation, "Common parameters and headers", Common error
 * response): HTTP status, code, text, and where the service has one the code of the inner error.
 */
public final class AzureFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final String inner;
  private final long retryAfter;

  private AzureFailure(int status, String code, String inner, String message, long retryAfter) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
    this.inner = inner;
    this.retryAfter = retryAfter;
  }

  /** A failure. */
  public static AzureFailure of(int status, String code, String message) {
    return of(status, code, "", message);
  }

  /** A failure with an inner error. */
  public static AzureFailure of(int status, String code, String inner, String message) {
    return new AzureFailure(status, code, inner, message, 0);
  }

  /** The request is not as it should be. */
  public static AzureFailure badParameter(String message) {
    return of(400, "BadParameter", message);
  }

  /**
   * Too many requests ("Azure Key Vault throttling guidance": 429).
   *
   * @param seconds after which there is room again
   */
  public static AzureFailure throttled(long seconds) {
    return new AzureFailure(
        429,
        "Throttled",
        "",
        "Request was not processed because too many requests were received.",
        seconds);
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

  /** What the header Retry-After says, in seconds. */
  public OptionalLong retryAfter() {
    return retryAfter > 0 ? OptionalLong.of(retryAfter) : OptionalLong.empty();
  }
}
