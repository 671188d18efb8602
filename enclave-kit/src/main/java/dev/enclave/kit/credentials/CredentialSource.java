package dev.enclave.kit.credentials;

import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.spi.BackendFailure;
import java.util.Optional;

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
   * A place of this name.
   *
   * @param fetch asks it
   * @param end ends what it is asked by
   */
  static <T> CredentialSource<T> of(String named, RefreshingValue.Source<T> fetch, Runnable end) {
    return new CredentialSource<>() {
      @Override
      public Expiring<T> fetch() throws BackendFailure {
        return fetch.fetch();
      }

      @Override
      public boolean untilRefused() {
        return fetch.untilRefused();
      }

      @Override
      public String named() {
        return named;
      }

      @Override
      public void close() {
        end.run();
      }
    };
  }

  /** Always the same, without an end. */
  static <T> CredentialSource<T> fixed(String named, T value) {
    return of(named, () -> new Expiring<>(value, Optional.empty()), () -> {});
  }

  @Override
  default void close() {}
}
