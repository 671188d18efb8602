package dev.enclave.crypto.internal;

/** What an exception says, on one line. */
final class FailureReason {

  private FailureReason() {}

  static String of(Throwable failure) {
    String message = failure.getMessage();
    String kind = failure.getClass().getSimpleName();
    return message == null ? kind : kind + ": " + message.lines().findFirst().orElse("");
  }
}
