package dev.enclave.emulators.internal.listening;

/** Why a server cannot listen, with the system's reason. */
public final class ListenFailure {

  private static final int LONGEST_CAUSE_CHAIN = 16;

  private ListenFailure() {}

  /**
   * The failure to throw.
   *
   * @param port the one asked for; 0 for any free one
   */
  public static IllegalStateException of(String host, int port, Exception thrown) {
    String reason = ": " + reason(thrown) + ". ";
    return new IllegalStateException(
        port == 0
            ? "Nothing can listen on any port of "
                + host
                + reason
                + "See which addresses and free ports this machine has."
            : "Nothing can listen on "
                + host
                + ":"
                + port
                + reason
                + "Choose another port, or 0 for any.",
        thrown);
  }

  private static String reason(Throwable thrown) {
    Throwable deepest = thrown;
    for (int i = 0; i < LONGEST_CAUSE_CHAIN && deepest.getCause() != null; i++) {
      deepest = deepest.getCause();
    }
    return deepest.getMessage() == null ? deepest.getClass().getSimpleName() : deepest.getMessage();
  }
}
