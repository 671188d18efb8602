package dev.enclave.aws.internal.settings;

import dev.enclave.aws.internal.credentials.GivenCredentials;
import dev.enclave.cloud.Origin;
import dev.enclave.internal.Quoted;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SettingSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The settings of the AWS KMS backend, read and checked. Immutable. */
public final class AwsSettings {

  public static final String REGION = "region";
  public static final String ACCOUNT_ID = "account-id";
  public static final String ENDPOINT = "endpoint";
  public static final String STS_ENDPOINT = "sts-endpoint";
  public static final String ALLOWED_ENDPOINTS = "allowed-endpoints";
  public static final String PENDING_WINDOW_DAYS = "pending-window-days";

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
              "Where STS is, for example"
                  + " https://vpce-0abc-xyz.sts.eu-west-1.vpce.amazonaws.com; by default the"
                  + " region's own endpoint."),
          SettingSpec.of(
              ALLOWED_ENDPOINTS,
              "Endpoints that are trusted though they are not AWS's own, for example"
                  + " https://kms.example.internal, separated by commas."),
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
                  + " default."));

  private static final int SHORTEST_WINDOW = 7;
  private static final int LONGEST_WINDOW = 30;

  private final BackendSettings settings;
  private final Optional<Origin> endpoint;
  private final Optional<Origin> stsEndpoint;
  private final List<Origin> allowedEndpoints;
  private final Optional<String> accountId;
  private final int pendingWindowDays;

  private AwsSettings(BackendSettings settings) throws BackendFailure {
    this.settings = settings;
    this.endpoint = origin(settings, ENDPOINT);
    this.stsEndpoint = origin(settings, STS_ENDPOINT);
    this.allowedEndpoints = origins(settings);
    this.accountId = accountId(settings);
    this.pendingWindowDays = pendingWindowDays(settings);
  }

  /**
   * Reads and checks all of them.
   *
   * @throws BackendFailure {@link FailureCode#MISCONFIGURED}, naming the setting
   */
  public static AwsSettings of(BackendSettings settings) throws BackendFailure {
    return new AwsSettings(settings);
  }

  /** As it was written. */
  Optional<String> region() {
    return settings.get(REGION).filter(text -> !text.isBlank());
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

  /** For ScheduleKeyDeletion. */
  int pendingWindowDays() {
    return pendingWindowDays;
  }

  /** The name as the operator writes it. */
  public String fullName(String name) {
    return settings.fullName(name);
  }

  private static Optional<Origin> origin(BackendSettings settings, String name)
      throws BackendFailure {
    Optional<String> text = settings.get(name).filter(t -> !t.isBlank());
    return text.isEmpty() ? Optional.empty() : Optional.of(origin(settings, name, text.get()));
  }

  private static List<Origin> origins(BackendSettings settings) throws BackendFailure {
    List<Origin> origins = new ArrayList<>();
    for (String text : settings.get(ALLOWED_ENDPOINTS).orElse("").split(",", -1)) {
      if (!text.isBlank()) {
        origins.add(origin(settings, ALLOWED_ENDPOINTS, text));
      }
    }
    return List.copyOf(origins);
  }

  private static Origin origin(BackendSettings settings, String name, String text)
      throws BackendFailure {
    return Origin.parse(text.strip())
        .orElseThrow(
            () ->
                misconfigured(
                    settings.fullName(name),
                    text,
                    "Write scheme, host and port alone, such as"
                        + " https://kms.eu-west-1.amazonaws.com."));
  }

  private static Optional<String> accountId(BackendSettings settings) throws BackendFailure {
    Optional<String> text = settings.get(ACCOUNT_ID).map(String::strip).filter(t -> !t.isEmpty());
    if (text.filter(t -> !t.matches("[0-9]{12}")).isPresent()) {
      throw misconfigured(
          settings.fullName(ACCOUNT_ID), text.get(), "An account id is twelve digits.");
    }
    return text;
  }

  private static int pendingWindowDays(BackendSettings settings) throws BackendFailure {
    Optional<String> text =
        settings.get(PENDING_WINDOW_DAYS).map(String::strip).filter(t -> !t.isEmpty());
    if (text.isEmpty()) {
      return LONGEST_WINDOW;
    }
    int days = text.get().matches("[0-9]{1,2}") ? Integer.parseInt(text.get()) : 0;
    if (days < SHORTEST_WINDOW || days > LONGEST_WINDOW) {
      throw misconfigured(
          settings.fullName(PENDING_WINDOW_DAYS),
          text.get(),
          "AWS takes " + SHORTEST_WINDOW + " to " + LONGEST_WINDOW + ".");
    }
    return days;
  }

  static BackendFailure misconfigured(String setting, String value, String fix) {
    return BackendFailure.permanent(
        FailureCode.MISCONFIGURED, "Setting " + setting + " is " + Quoted.of(value) + ". " + fix);
  }
}
