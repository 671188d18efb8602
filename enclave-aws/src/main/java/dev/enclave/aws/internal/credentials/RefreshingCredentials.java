package dev.enclave.aws.internal.credentials;

import dev.enclave.aws.internal.texts.Texts;
import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue;
import dev.enclave.kit.workload.AwsSecurityCredentials;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * Credentials for the SDK that are kept fresh, as {@link RefreshingValue} says. Thread-safe.
 *
 * @param named where they come from, as messages name it
 */
public record RefreshingCredentials(String named, RefreshingValue<AwsSecurityCredentials> newest)
    implements AwsCredentialsProvider, AutoCloseable {

  /** Takes a failure to get credentials through the SDK, which wants one of its own kind. */
  public static final class NoneException extends SdkClientException {

    private static final long serialVersionUID = 1L;

    private final transient BackendFailure failure;

    NoneException(BackendFailure failure) {
      super(SdkClientException.builder().message(failure.getMessage()));
      this.failure = failure;
    }

    /** What went wrong. */
    public BackendFailure failure() {
      return failure;
    }
  }

  /** AWS's platforms have the next credentials ready five minutes before the last ones end. */
  private static final Duration AHEAD = Duration.ofMinutes(5);

  /** Who asks without a deadline waits no longer. */
  private static final Duration LONGEST = Duration.ofSeconds(10);

  /** Fetches the first ones, without which the source is closed; threads fetch the others. */
  public static RefreshingCredentials from(
      CredentialSource<AwsSecurityCredentials> source, TimeSource time, Executor threads)
      throws BackendFailure {
    RefreshingValue<AwsSecurityCredentials> newest =
        new RefreshingValue<>(
            Texts.CREDENTIALS_FROM.with(source.named()), source, AHEAD, time, threads);
    newest.fetchFirst();
    return new RefreshingCredentials(source.named(), newest);
  }

  /**
   * Sees to it that there are credentials, so that nobody waits inside the SDK, where no deadline
   * holds but the call's own.
   */
  public void ready(CallContext call) throws BackendFailure {
    AwsSecurityCredentials unused = newest.get(call);
  }

  /** For a request that is about to be sent: those at hand, after {@link #ready}. */
  @Override
  public AwsCredentials resolveCredentials() {
    Optional<AwsSecurityCredentials> atHand = newest.atHand();
    try {
      AwsSecurityCredentials given = atHand.isPresent() ? atHand.get() : newest.get(LONGEST);
      return given.sessionToken().isPresent()
          ? AwsSessionCredentials.create(
              given.accessKeyId(), given.secretAccessKey(), given.sessionToken().get())
          : AwsBasicCredentials.create(given.accessKeyId(), given.secretAccessKey());
    } catch (BackendFailure e) {
      throw new NoneException(e);
    }
  }

  /** AWS says that these have expired: the next request fetches others, but not at every one. */
  public void refused() {
    newest.refused();
  }

  @Override
  public void close() {
    newest.close();
  }

  /** Where they come from, nothing of what they are. */
  @Override
  public String toString() {
    return "RefreshingCredentials[" + named + "]";
  }
}
