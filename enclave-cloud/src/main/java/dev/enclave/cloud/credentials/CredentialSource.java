package dev.enclave.cloud.credentials;

/**
 * One place that hands out credentials or tokens, for a {@link RefreshingValue}. Its failures are
 * in our own words, without what was answered. Thread-safe.
 *
 * @param <T> what is handed out; never shown
 */
public interface CredentialSource<T> extends RefreshingValue.Source<T>, AutoCloseable {

  /** What it is, as messages name it. */
  String named();

  /**
   * Whether what could not be renewed is used beyond its end, until whoever takes it refuses it; by
   * default it is not.
   */
  default boolean untilRefused() {
    return false;
  }

  /** Ends what it asks by. Idempotent. */
  @Override
  default void close() {}
}
