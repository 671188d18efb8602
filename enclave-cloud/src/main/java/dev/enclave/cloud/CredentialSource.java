package dev.enclave.cloud;

/**
 * One place that hands out credentials or tokens, for a {@link RefreshingValue}. Its failures are
 * in our own words, without what was answered. Thread-safe.
 *
 * @param <T> what is handed out; never shown
 */
public interface CredentialSource<T> extends RefreshingValue.Source<T>, AutoCloseable {

  /** What it is, as messages name it. */
  String named();

  /** Ends what it asks by. Idempotent. */
  @Override
  default void close() {}
}
