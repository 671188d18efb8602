package dev.enclave.azure.internal.credentials;

import dev.enclave.azure.internal.texts.Texts;
import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;

/** The tokens of one identity for one vault, kept fresh as {@link RefreshingValue} says. */
public final class AzureTokens implements AutoCloseable {

  /** When a token is renewed while it still counts. */
  private static final Duration AHEAD = Duration.ofMinutes(5);

  /** How often a token is forgotten because the vault does not take it. */
  private static final Duration BETWEEN_REFUSALS = Duration.ofSeconds(30);

  private final List<String> audiences;
  private final List<CredentialSource<String>> sources;
  private final TimeSource time;
  private final Executor threads;
  private int audience;
  private volatile RefreshingValue<String> tokens;
  private RefreshingValue<String> forgotten;
  private Deadline untilForgetting;

  /**
   * Of an identity.
   *
   * @param audiences what tokens may be for, of which the first counts until the vault says another
   * @param sources for each of them
   * @param threads on which tokens are fetched
   */
  public AzureTokens(
      List<String> audiences,
      List<CredentialSource<String>> sources,
      TimeSource time,
      Executor threads) {
    this.audiences = audiences;
    this.sources = sources;
    this.time = time;
    this.threads = threads;
    this.tokens = none();
    this.forgotten = none();
    this.untilForgetting = Deadline.in(Duration.ZERO, time);
  }

  private RefreshingValue<String> none() {
    CredentialSource<String> source = sources.get(audience);
    // Not the source itself, which goes on when these tokens are forgotten.
    return new RefreshingValue<>(
        Texts.TOKEN_OF.with(named()), () -> source.fetch(), AHEAD, time, threads);
  }

  /** The identity, as messages name it. */
  public String named() {
    return sources.get(0).named();
  }

  /** Whether the identity was given one, and the vault has not refused it since. */
  public boolean present() {
    return tokens.atHand().isPresent();
  }

  /** One for the audience of now. */
  public String get(CallContext call) throws BackendFailure {
    return tokens.get(call);
  }

  /**
   * The vault did not take it: the next one is asked for anew. Not after each refusal, since it may
   * be the identity that is refused.
   */
  public synchronized void forget() {
    if (untilForgetting.passed()) {
      untilForgetting = Deadline.in(BETWEEN_REFUSALS, time);
      replace();
    }
  }

  /** Turns to another audience, if tokens may be for that. */
  public synchronized void turnTo(String wanted) {
    int other = audiences.indexOf(wanted);
    if (other >= 0 && other != audience) {
      audience = other;
      replace();
    }
  }

  private synchronized void replace() {
    // Whoever waits for one of these gets it still; who waited for those before has given up.
    forgotten.close();
    forgotten = tokens;
    tokens = none();
  }

  /** Forgets the tokens, and ends what fetches them. Idempotent. */
  @Override
  public synchronized void close() {
    tokens.close();
    forgotten.close();
    sources.forEach(CredentialSource::close);
  }

  /** The identity alone. */
  @Override
  public String toString() {
    return "AzureTokens[" + named() + "]";
  }
}
