package dev.enclave.aws.internal.connect;

import static dev.enclave.kit.Failures.misconfigured;
import static dev.enclave.kit.Failures.refused;

import dev.enclave.aws.internal.calls.AwsSession;
import dev.enclave.aws.internal.calls.SentWatch;
import dev.enclave.aws.internal.credentials.CredentialChain;
import dev.enclave.aws.internal.credentials.RefreshingCredentials;
import dev.enclave.aws.internal.settings.AwsEndpoints;
import dev.enclave.aws.internal.settings.AwsRegion;
import dev.enclave.aws.internal.settings.AwsSettings;
import dev.enclave.kit.http.BoundedHttp;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.kit.setup.Opening;
import dev.enclave.kit.setup.WireLogs;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.spi.detection.MetadataService;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * Opens the way to KMS: settings, region, endpoints, credentials, and STS's word on whose they are.
 */
public final class AwsSessions {

  private static final List<String> LOGGERS =
      List.of(
          // All octets after decryption, and headers once more.
          "org.apache.hc.client5.http.wire",
          "org.apache.hc.client5.http.headers",
          // The request that is signed, with the session token among its headers.
          "software.amazon.awssdk.http.auth.aws.internal.signer.DefaultV4RequestSigner");

  private final BackendContext context;
  private final AwsSettings settings;
  private final MetadataService metadata;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  private AwsSessions(BackendContext context) throws BackendFailure {
    this.context = context;
    this.settings = AwsSettings.of(context.settings());
    this.metadata = opened(context.snapshot().metadata());
  }

  /** What the SDK and Apache's HTTP client below it write at DEBUG. They log by SLF4J alone. */
  public static WireLogs logs(EnvironmentSnapshot snapshot) {
    WireLogs logs = new WireLogs("AWS KMS").jdk(snapshot);
    LOGGERS.forEach(
        name -> logs.logger(name, () -> LoggerFactory.getLogger(name).isDebugEnabled()));
    return logs;
  }

  /**
   * Opens it.
   *
   * @throws BackendFailure when it cannot be opened; nothing stays open then
   */
  public static AwsSession open(BackendContext context) throws BackendFailure {
    logs(context.snapshot()).requireOff(context.environment());
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
                    AwsClients.trust(settings, endpoints, context.snapshot()),
                    settings.connections())));
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
    boolean strict = context.environment().isStrict();
    Optional<String> expected = settings.accountId();
    AwsIdentity identity;
    try {
      // One lost answer does not say that STS cannot be reached from here at all.
      identity =
          expected.isPresent()
              ? Opening.persistently(
                  context, "AWS KMS", Duration.ZERO, n -> AwsIdentity.ask(sts, credentials))
              : AwsIdentity.ask(sts, credentials);
    } catch (BackendFailure e) {
      return withoutSts(e, credentials, endpoints, strict && byVariables);
    }
    if (expected.isPresent() && !expected.get().equals(identity.account())) {
      throw misconfigured(
          "Setting %s is %s, and the credentials of %s belong to account %s."
              .formatted(
                  settings.fullName(AwsSettings.ACCOUNT_ID),
                  expected.get(),
                  credentials.named(),
                  identity.account()),
          "Use credentials of that account, or correct the setting.");
    }
    if (strict && !identity.role()) {
      throw refused(
          "STS says that the credentials of %s are no role's, and %s takes roles alone."
              .formatted(credentials.named(), context.environment()),
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
    Optional<String> account = settings.accountId();
    String setting = settings.fullName(AwsSettings.ACCOUNT_ID);
    boolean imitation = !endpoints.kmsOfAws() && !context.environment().isStrict();
    if (failure.failureClass() == FailureClass.PERMANENT && !(imitation && account.isPresent())) {
      // An answer that STS itself could have given says what is wrong, and that STS is there.
      throw imitation && failure.code() == FailureCode.REJECTED
          ? failure.advising(
              "If what answers there is KMS alone, set %s, such as 000000000000; else correct %s."
                  .formatted(setting, settings.fullName(AwsSettings.STS_ENDPOINT)))
          : failure;
    }
    if (must) {
      BackendFailure told =
          BackendFailure.transientFailure(
                  failure.code(),
                  "Credentials of %s are taken in %s only once STS says that they are a role's. %s"
                      .formatted(credentials.named(), context.environment(), failure.observed()))
              .naming(failure.names());
      throw failure.advice().map(told::advising).orElse(told);
    }
    if (account.isEmpty()) {
      boolean silent =
          failure.code() == FailureCode.UNAVAILABLE || failure.code() == FailureCode.TIMEOUT;
      // Whoever has both at one place would meet the same at KMS.
      throw silent && !endpoints.sts().equals(endpoints.kms())
          ? failure.advising(
              "%s Where KMS can be reached and STS cannot, set %s."
                  .formatted(failure.advice().orElse(""), setting))
          : failure;
    }
    return account.get();
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
