package dev.enclave.gcp.internal.credentials;

import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Access tokens for requests, kept fresh as {@link RefreshingValue} says. Thread-safe.
 *
 * @param named where they come from, as messages name it
 * @param quotaProject the project whose API must be enabled and whose quota counts, where the
 *     credentials name one: a person's belong to no project. Without, it is a service account's own
 */
public record Tokens(String named, Optional<String> quotaProject, RefreshingValue<String> newest)
    implements AutoCloseable {

  /** Google's metadata servers have a new one five minutes before the last one ends. */
  private static final Duration AHEAD = Duration.ofMinutes(4);

  /**
   * Those of a source.
   *
   * @param threads that fetch them
   */
  public Tokens(
      CredentialSource<String> source,
      Optional<String> quotaProject,
      TimeSource time,
      Executor threads) {
    this(
        source.named(),
        quotaProject,
        new RefreshingValue<>(
            "An access token from " + source.named(), source, AHEAD, time, threads));
  }

  /** Always the same one; empty for none. */
  public static Tokens given(String token, String named, TimeSource time) {
    return new Tokens(CredentialSource.fixed(named, token), Optional.empty(), time, Runnable::run);
  }

  /**
   * One that has not ended; empty where none is sent.
   *
   * @throws BackendFailure when there is none before the call's deadline
   */
  public String token(CallContext call) throws BackendFailure {
    return newest.get(call);
  }

  /** Google did not take the last one: the next request fetches another, but not at every one. */
  public void refused() {
    newest.refused();
  }

  /** Forgets them, and ends what fetches them. Idempotent. */
  @Override
  public void close() {
    newest.close();
  }

  /** Where they come from, nothing of what they are. */
  @Override
  public String toString() {
    return "Tokens[" + named + "]";
  }
}
