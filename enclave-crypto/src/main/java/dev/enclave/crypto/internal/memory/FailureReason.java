package dev.enclave.crypto.internal.memory;

/** What an exception says, on one line. */
public final class FailureReason {

  private FailureReason() {}

  public static String of(Throwable failure) {
    String message = failure.getMessage();
    String kind = failure.getClass().getSimpleName();
    return message == null ? kind : kind + ": " + message.lines().findFirst().orElse("");
  }
}
