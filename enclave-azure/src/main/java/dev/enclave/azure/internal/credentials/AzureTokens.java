package dev.enclave.azure.internal.credentials;

import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.util.concurrent.Executor;

/** The tokens of one identity for one vault, kept fresh as {@link RefreshingValue} says. */
public final class AzureTokens implements AutoCloseable {

  /** When a token is renewed while it still counts. */
  private static final Duration AHEAD = Duration.ofMinutes(5);

  /** How often a token is forgotten because the vault does not take it. */
  private static final Duration BETWEEN_REFUSALS = Duration.ofSeconds(30);

  private final CredentialSource<String> source;
  private final TimeSource time;
  private final Executor threads;
  private volatile RefreshingValue<String> tokens;
  private RefreshingValue<String> forgotten;
  private Deadline untilForgetting;

  /**
   * Of an identity.
   *
   * @param threads on which tokens are fetched
   */
  public AzureTokens(CredentialSource<String> source, TimeSource time, Executor threads) {
    this.source = source;
    this.time = time;
    this.threads = threads;
    this.tokens = none();
    this.forgotten = none();
    this.untilForgetting = Deadline.in(Duration.ZERO, time);
  }

  private RefreshingValue<String> none() {
    return new RefreshingValue<>("A token of " + source.named(), source, AHEAD, time, threads);
  }

  /** The identity, as messages name it. */
  public String named() {
    return source.named();
  }

  /** Whether the identity was given one, and the vault has not refused it since. */
  public boolean present() {
    return tokens.atHand().isPresent();
  }

  /** One to send. */
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
      // Whoever waits for one of these gets it still; who waited for those before has given up.
      forgotten.close();
      forgotten = tokens;
      tokens = none();
    }
  }

  /** Forgets the tokens, and ends what fetches them. Idempotent. */
  @Override
  public synchronized void close() {
    tokens.close();
    forgotten.close();
    source.close();
  }

  /** The identity alone. */
  @Override
  public String toString() {
    return "AzureTokens[" + source.named() + "]";
  }
}
