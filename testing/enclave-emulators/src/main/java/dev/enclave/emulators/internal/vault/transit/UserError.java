package dev.enclave.emulators.internal.vault.transit;

/**
 * {@code errutil.UserError}: the request is at fault. Each operation decides which status that
 * becomes, and a batch answers it among its results.
 */
final class UserError extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final boolean internal;

  private UserError(String message, boolean internal) {
    super(message, null, false, false);
    this.internal = internal;
  }

  static UserError of(String message) {
    return new UserError(message, false);
  }

  /** {@code errutil.InternalError} or a plain error: not the request's fault, says the server. */
  static UserError internal(String message) {
    return new UserError(message, true);
  }

  boolean internal() {
    return internal;
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
