package dev.enclave.kit.credentials;

import dev.enclave.spi.BackendFailure;
import java.util.function.Function;

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

  /** The same place, whose credentials are made into another form. */
  default <R> CredentialSource<R> map(Function<T, R> form) {
    CredentialSource<T> place = this;
    return new CredentialSource<>() {
      @Override
      public RefreshingValue.Expiring<R> fetch() throws BackendFailure {
        RefreshingValue.Expiring<T> fetched = place.fetch();
        return new RefreshingValue.Expiring<>(form.apply(fetched.value()), fetched.end());
      }

      @Override
      public String named() {
        return place.named();
      }

      @Override
      public boolean untilRefused() {
        return place.untilRefused();
      }

      @Override
      public void close() {
        place.close();
      }
    };
  }

  /** Ends what it asks by. Idempotent. */
  @Override
  default void close() {}
}
