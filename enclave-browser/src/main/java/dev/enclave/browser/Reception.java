package dev.enclave.browser;

/** What became of a request of a browser's wallet. */
public sealed interface Reception {

  /**
   * The request is genuine, it was received for the first time, and what it asks is done. A
   * rotation that is received again is accepted again, until its challenge's time is over or its
   * new key ends: what it asks was done then.
   *
   * @param action what it was
   * @param purpose what the signature is for
   * @param key the key that counts now: the new one after a rotation, one that has ended after a
   *     revocation
   * @param text what the user was shown and confirmed; empty if there was none. It is the user's
   *     own text: compare it with what the application is about to do.
   */
  record Accepted(WalletAction action, String purpose, WalletKey key, String text)
      implements Reception {}

  /**
   * The request changed nothing.
   *
   * @param refusal why
   * @param message what was observed and what to do, for the user's page and the log
   */
  record Refused(Refusal refusal, String message) implements Reception {}
}
