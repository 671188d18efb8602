package dev.enclave.aws.internal.connect;

import dev.enclave.aws.internal.calls.AwsSession;
import dev.enclave.aws.internal.calls.SentWatch;
import dev.enclave.aws.internal.credentials.CredentialChain;
import dev.enclave.aws.internal.credentials.RefreshingCredentials;
import dev.enclave.aws.internal.settings.AwsEndpoints;
import dev.enclave.aws.internal.settings.AwsRegion;
import dev.enclave.aws.internal.settings.AwsSettings;
import dev.enclave.kit.http.BoundedHttp;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.MetadataService;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * Opens the way to KMS: settings, region, endpoints, credentials, and STS's word on whose they are.
 */
public final class AwsSessions {

  /** One lost answer does not say that STS cannot be reached from here at all. */
  private static final int ATTEMPTS = 3;

  private static final Duration LONGEST_PAUSE = Duration.ofMillis(400);

  private final BackendContext context;
  private final AwsSettings settings;
  private final MetadataService metadata;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  private AwsSessions(BackendContext context) throws BackendFailure {
    this.context = context;
    this.settings = AwsSettings.of(context.settings());
    this.metadata = opened(context.snapshot().metadata());
  }

  /**
   * Opens it.
   *
   * @throws BackendFailure when it cannot be opened; nothing stays open then
   */
  public static AwsSession open(BackendContext context) throws BackendFailure {
    AwsLogs.of(context.snapshot()).requireOff(context.environment());
    AwsSessions sessions = new AwsSessions(context);
    boolean done = false;
    try {
      AwsSession session = sessions.open();
      done = true;
      return session;
    } finally {
      if (!done) {
        sessions.closeAll();
      }
    }
  }

  private AwsSession open() throws BackendFailure {
    AwsRegion region = AwsRegion.of(settings, context.snapshot(), metadata);
    AwsEndpoints endpoints = AwsEndpoints.of(settings, region, context);
    SdkHttpClient http =
        opened(
            new SentWatch(
                AwsClients.http(
                    AwsTrust.of(settings, endpoints, context.snapshot()), settings.connections())));
    StsClient sts = opened(AwsClients.sts(http, region, endpoints));
    HttpExchange containers =
        opened(new BoundedHttp(BoundedHttp::platformTrust, BoundedHttp.LONGEST_DOCUMENT));
    CredentialChain.Chosen chosen =
        new CredentialChain(
                context,
                metadata,
                containers,
                (role, session, token) -> AwsIdentity.assume(sts, role, session, token))
            .choose();
    RefreshingCredentials credentials =
        opened(RefreshingCredentials.from(chosen.source(), context.time()));
    String account = account(sts, credentials, endpoints, chosen.byVariables());
    KmsClient kms = opened(AwsClients.kms(http, region, endpoints, credentials));
    return new AwsSession(
        kms,
        credentials::ready,
        region.partition(),
        region.id(),
        account,
        endpoints.trusted(),
        settings.pendingWindowDays(),
        settings.connections(),
        this::closeAll);
  }

  private String account(
      StsClient sts, RefreshingCredentials credentials, AwsEndpoints endpoints, boolean byVariables)
      throws BackendFailure {
    boolean strict = CredentialChain.strict(context.environment());
    AwsIdentity identity;
    try {
      identity =
          settings.accountId().isPresent()
              ? persistently(() -> AwsIdentity.ask(sts, credentials))
              : AwsIdentity.ask(sts, credentials);
    } catch (BackendFailure e) {
      return withoutSts(e, credentials, endpoints, strict && byVariables);
    }
    Optional<String> expected = settings.accountId();
    if (expected.isPresent() && !expected.get().equals(identity.account())) {
      throw BackendFailure.permanent(
          FailureCode.MISCONFIGURED,
          "Setting "
              + settings.fullName(AwsSettings.ACCOUNT_ID)
              + " is "
              + expected.get()
              + ", and the credentials of "
              + credentials.named()
              + " belong to account "
              + identity.account()
              + ".",
          "Use credentials of that account, or correct the setting.");
    }
    if (strict && !identity.role()) {
      throw BackendFailure.permanent(
          FailureCode.REFUSED,
          "STS says that the credentials of "
              + credentials.named()
              + " are no role's, and "
              + context.environment()
              + " takes roles alone.",
          "Give the workload a role.");
    }
    return identity.account();
  }

  /** Where only KMS can be reached, the operator's word for the account is enough, if given. */
  private String withoutSts(
      BackendFailure failure,
      RefreshingCredentials credentials,
      AwsEndpoints endpoints,
      boolean must)
      throws BackendFailure {
    boolean imitation = !endpoints.kmsOfAws() && !CredentialChain.strict(context.environment());
    if (failure.failureClass() == FailureClass.PERMANENT
        && !(imitation && settings.accountId().isPresent())) {
      // An answer that STS itself could have given says what is wrong, and that STS is there.
      throw imitation && failure.code() == FailureCode.REJECTED
          ? failure.advising(
              "If what answers there is KMS alone, set "
                  + settings.fullName(AwsSettings.ACCOUNT_ID)
                  + ", such as 000000000000; else correct "
                  + settings.fullName(AwsSettings.STS_ENDPOINT)
                  + ".")
          : failure;
    }
    if (must) {
      BackendFailure told =
          BackendFailure.transientFailure(
                  failure.code(),
                  "Credentials of "
                      + credentials.named()
                      + " are taken in "
                      + context.environment()
                      + " only once STS says that they are a role's. "
                      + failure.observed())
              .naming(failure.names());
      throw failure.advice().map(told::advising).orElse(told);
    }
    Optional<String> account = settings.accountId();
    if (account.isEmpty()) {
      boolean silent =
          failure.code() == FailureCode.UNAVAILABLE || failure.code() == FailureCode.TIMEOUT;
      // Whoever has both at one place would meet the same at KMS.
      throw silent && !endpoints.sts().equals(endpoints.kms())
          ? failure.advising(
              failure.advice().orElse("")
                  + " Where KMS can be reached and STS cannot, set "
                  + settings.fullName(AwsSettings.ACCOUNT_ID)
                  + ".")
          : failure;
    }
    return account.get();
  }

  @FunctionalInterface
  private interface Attempt<T> {
    T make() throws BackendFailure;
  }

  private <T> T persistently(Attempt<T> attempt) throws BackendFailure {
    for (int made = 1; ; made++) {
      try {
        return attempt.make();
      } catch (BackendFailure e) {
        if (e.failureClass() == FailureClass.PERMANENT || made == ATTEMPTS) {
          throw e;
        }
      }
      pause();
    }
  }

  private void pause() throws BackendFailure {
    try {
      context
          .time()
          .pause(Duration.ofMillis(context.random().nextInt((int) LONGEST_PAUSE.toMillis())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw BackendFailure.transientFailure(
          FailureCode.TIMEOUT, "Opening AWS KMS was interrupted.", "Open it again.");
    }
  }

  private <T extends AutoCloseable> T opened(T resource) {
    opened.push(resource);
    return resource;
  }

  /** The last first. The SDK's clients and ours throw nothing when they are closed. */
  private void closeAll() {
    for (AutoCloseable resource : opened) {
      try {
        resource.close();
      } catch (Exception e) {
        throw new IllegalStateException("An AWS client did not close: " + e.getClass().getName());
      }
    }
    opened.clear();
  }
}
