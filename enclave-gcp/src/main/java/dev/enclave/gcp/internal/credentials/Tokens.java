package dev.enclave.gcp.internal.credentials;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;

/** Access tokens for requests. Thread-safe. */
public interface Tokens extends AutoCloseable {

  /**
   * One that has not ended; empty where none is sent.
   *
   * @throws BackendFailure when there is none before the call's deadline
   */
  String token(CallContext call) throws BackendFailure;

  /** Google did not take the last one: the next request fetches another, but not at every one. */
  void refused();

  /** Where they come from, as messages name it. */
  String named();

  /** Forgets them, and ends what fetches them. Idempotent. */
  @Override
  default void close() {}

  /** Always the same one; empty for none. */
  static Tokens given(String token, String named) {
    return new Tokens() {
      @Override
      public String token(CallContext call) {
        return token;
      }

      @Override
      public void refused() {}

      @Override
      public String named() {
        return named;
      }

      @Override
      public String toString() {
        return "Tokens[" + named + "]";
      }
    };
  }
}
