package dev.enclave.aws.internal.settings;

import dev.enclave.aws.internal.credentials.GivenCredentials;
import dev.enclave.kit.setup.CheckedSettings;
import dev.enclave.kit.setup.Origin;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SettingSpec;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The settings of the AWS KMS backend, read and checked. Immutable. */
public final class AwsSettings {

  public static final String REGION = "region";
  public static final String ACCOUNT_ID = "account-id";
  public static final String ENDPOINT = "endpoint";
  public static final String STS_ENDPOINT = "sts-endpoint";
  public static final String ALLOWED_ENDPOINTS = "allowed-endpoints";
  public static final String TRUSTED_CERTIFICATE = "trusted-certificate";
  public static final String PENDING_WINDOW_DAYS = "pending-window-days";

  /** How many connections there are at most. */
  public static final String CONNECTIONS = "connections";

  public static final List<SettingSpec> SPECS =
      List.of(
          SettingSpec.of(
              REGION,
              "The region of the keys, for example eu-west-1; by default the one the platform"
                  + " names."),
          SettingSpec.of(
              ACCOUNT_ID,
              "The account of the keys, for example 123456789012; credentials of another are"
                  + " refused."),
          SettingSpec.of(
              ENDPOINT,
              "Where KMS is, for example"
                  + " https://vpce-0abc-xyz.kms.eu-west-1.vpce.amazonaws.com; by default the"
                  + " region's own endpoint."),
          SettingSpec.of(
              STS_ENDPOINT,
              "Where STS is, for example https://vpce-0abc-xyz.sts.eu-west-1.vpce.amazonaws.com; by"
                  + " default the region's own endpoint, or, outside PRODUCTION and STAGING, where"
                  + " KMS is if that is not AWS's own."),
          SettingSpec.of(
              ALLOWED_ENDPOINTS,
              "Endpoints that are trusted though they are not AWS's own, for example"
                  + " https://kms.example.internal, separated by commas."),
          SettingSpec.of(
              TRUSTED_CERTIFICATE,
              "A file with the certificate, in PEM, of endpoints that are not AWS's own, or of who"
                  + " issued it, for example /etc/wallet/gateway.pem."),
          SettingSpec.of(
              GivenCredentials.FEDERATED_FROM,
              "The other cloud on which the workload runs, whose identity assumes role-arn: google"
                  + " or azure."),
          SettingSpec.of(
              GivenCredentials.ROLE_ARN,
              "The role that an identity of another cloud assumes, for example"
                  + " arn:aws:iam::111122223333:role/wallet."),
          SettingSpec.of(
              GivenCredentials.FEDERATION_AUDIENCE,
              "The audience of the other cloud's tokens: of google sts.amazonaws.com by default; of"
                  + " azure the id URI of an application, for example api://enclave-aws."),
          SettingSpec.of(
              GivenCredentials.ACCESS_KEY_ID,
              "An access key for development, for example AKIAIOSFODNN7EXAMPLE."),
          SettingSpec.secret(
              GivenCredentials.SECRET_ACCESS_KEY, "The secret that belongs to the access key."),
          SettingSpec.secret(
              GivenCredentials.SESSION_TOKEN,
              "The session token that belongs to a temporary access key."),
          SettingSpec.of(
              PENDING_WINDOW_DAYS,
              "How many days a destroyed key can still be saved, 7 to 30, for example 14; 30 by"
                  + " default."),
          SettingSpec.of(
              CONNECTIONS,
              "How many connections to KMS there are at most, and so how many requests at once, 1 to"
                  + " 4096, for example 512; 256 by default."));

  private static final Pattern ACCOUNT = Pattern.compile("[0-9]{12}");

  /**
   * As many callers as a busy service has at once. KMS takes thousands of requests a second from an
   * account, and a connection carries one at a time: 256 of 20 ms each are 12,800 a second.
   */
  private static final int USUAL_CONNECTIONS = 256;

  private static final int MOST_CONNECTIONS = 4096;
  private static final int SHORTEST_WINDOW = 7;
  private static final int LONGEST_WINDOW = 30;

  private static final String ORIGIN_ALONE =
      "Write scheme, host and port alone, such as https://kms.eu-west-1.amazonaws.com.";

  private final CheckedSettings settings;
  private final Optional<Origin> endpoint;
  private final Optional<Origin> stsEndpoint;
  private final List<Origin> allowedEndpoints;
  private final Optional<String> accountId;
  private final int pendingWindowDays;
  private final int connections;

  private AwsSettings(CheckedSettings settings) throws BackendFailure {
    this.settings = settings;
    this.endpoint = settings.origin(ENDPOINT, Origin::parse, ORIGIN_ALONE);
    this.stsEndpoint = settings.origin(STS_ENDPOINT, Origin::parse, ORIGIN_ALONE);
    this.allowedEndpoints = settings.origins(ALLOWED_ENDPOINTS, Origin::parse, ORIGIN_ALONE);
    this.accountId = settings.text(ACCOUNT_ID, ACCOUNT, "An account id is twelve digits.");
    this.pendingWindowDays =
        settings
            .number(
                PENDING_WINDOW_DAYS,
                SHORTEST_WINDOW,
                LONGEST_WINDOW,
                "AWS takes " + SHORTEST_WINDOW + " to " + LONGEST_WINDOW + ".")
            .orElse(LONGEST_WINDOW);
    this.connections =
        settings
            .number(CONNECTIONS, 1, MOST_CONNECTIONS, "Write 1 to " + MOST_CONNECTIONS + ".")
            .orElse(USUAL_CONNECTIONS);
  }

  /**
   * Reads and checks all of them.
   *
   * @throws BackendFailure {@link FailureCode#MISCONFIGURED}, naming the setting
   */
  public static AwsSettings of(BackendSettings settings) throws BackendFailure {
    return new AwsSettings(new CheckedSettings(settings));
  }

  Optional<String> region() {
    return settings.text(REGION);
  }

  /** The account that credentials must belong to. */
  public Optional<String> accountId() {
    return accountId;
  }

  Optional<Origin> endpoint() {
    return endpoint;
  }

  Optional<Origin> stsEndpoint() {
    return stsEndpoint;
  }

  List<Origin> allowedEndpoints() {
    return allowedEndpoints;
  }

  /** A file's path, as it was written. */
  public Optional<String> trustedCertificate() {
    return settings.text(TRUSTED_CERTIFICATE);
  }

  /** For ScheduleKeyDeletion: 7 to 30. */
  public int pendingWindowDays() {
    return pendingWindowDays;
  }

  /** How many requests may be under way at once. */
  public int connections() {
    return connections;
  }

  /** The name as the operator writes it. */
  public String fullName(String name) {
    return settings.fullName(name);
  }
}
