package dev.enclave.emulators.internal.aws.common;

/**
 * An error answer: the name by which the API reference lists it, the HTTP status and the text that
 * go with it.
 */
public final class AwsFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String name;
  private final int status;

  private AwsFailure(String name, int status, String message) {
    super(message, null, false, false);
    this.name = name;
    this.status = status;
  }

  /** A failure with HTTP 400, as most errors of JSON services have. */
  public static AwsFailure of(String name, String message) {
    return new AwsFailure(name, 400, message);
  }

  /** A failure. */
  public static AwsFailure of(String name, int status, String message) {
    return new AwsFailure(name, status, message);
  }

  /** The error's name, such as {@code NotFoundException}. */
  public String name() {
    return name;
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** The text, never null. */
  public String text() {
    return String.valueOf(getMessage());
  }
}
