package dev.enclave.gcp.internal.credentials;

import dev.enclave.cloud.RefreshingValue;
import dev.enclave.cloud.RefreshingValue.Expiring;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;

/** Access tokens that are kept fresh, as {@link RefreshingValue} says. Thread-safe. */
public final class FreshTokens implements Tokens {

  /** Google's metadata servers have a new one five minutes before the last one ends. */
  private static final Duration AHEAD = Duration.ofMinutes(4);

  private final TokenSource source;
  private final RefreshingValue<String> newest;

  FreshTokens(TokenSource source, TimeSource time, Executor threads) {
    this.source = source;
    this.newest =
        new RefreshingValue<>(
            "An access token from " + source.named(), this::fetch, AHEAD, time, threads);
  }

  private Expiring<String> fetch() throws BackendFailure {
    AccessToken token = source.fetch();
    return new Expiring<>(token.value(), Optional.of(token.expiresAt()));
  }

  @Override
  public String token(CallContext call) throws BackendFailure {
    return newest.get(call);
  }

  @Override
  public void refused() {
    newest.refused();
  }

  @Override
  public String named() {
    return source.named();
  }

  @Override
  public void close() {
    newest.close();
  }

  /** Where they come from, nothing of what they are. */
  @Override
  public String toString() {
    return "FreshTokens[" + source.named() + "]";
  }
}
