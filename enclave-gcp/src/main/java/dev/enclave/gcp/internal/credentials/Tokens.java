package dev.enclave.gcp.internal.credentials;

import dev.enclave.spi.BackendFailure;

/** Access tokens for requests. Thread-safe. */
public interface Tokens {

  /** One that has not ended; empty where none is sent. */
  String token() throws BackendFailure;

  /** Google did not take the last one: the next request fetches another, but not at every one. */
  void refused();

  /** Where they come from, as messages name it. */
  String named();

  /** For servers that are not Google's: they get none of its tokens. */
  static Tokens none() {
    return new Tokens() {
      @Override
      public String token() {
        return "";
      }

      @Override
      public void refused() {}

      @Override
      public String named() {
        return "no credentials";
      }
    };
  }
}
