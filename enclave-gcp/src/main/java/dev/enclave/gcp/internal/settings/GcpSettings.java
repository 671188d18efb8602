package dev.enclave.gcp.internal.settings;

import dev.enclave.gcp.internal.calls.GcpNames;
import dev.enclave.kit.setup.CheckedSettings;
import dev.enclave.kit.setup.Origin;
import dev.enclave.kit.setup.Places;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.SettingSpec;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The settings of the Google Cloud KMS backend, read and checked. Immutable. */
public final class GcpSettings {

  public static final String KEY_RING = "key-ring";
  public static final String ENDPOINT = "endpoint";
  public static final String ALLOWED_ENDPOINTS = "allowed-endpoints";
  public static final String ENDPOINT_CERTIFICATE = "endpoint-certificate";
  public static final String CREDENTIALS_FILE = "credentials-file";
  public static final String ACCESS_TOKEN = "access-token";

  /** How many connections there are at most. */
  public static final String CONNECTIONS = "connections";

  public static final List<SettingSpec> SPECS =
      List.of(
          SettingSpec.of(
              KEY_RING,
              "The key ring of the keys, for example"
                  + " projects/wallet-prod/locations/europe-west1/keyRings/wallet."),
          SettingSpec.of(
              ENDPOINT,
              "Where Cloud KMS is, for example https://cloudkms.europe-west3.rep.googleapis.com; by"
                  + " default https://cloudkms.googleapis.com."),
          SettingSpec.of(
              ALLOWED_ENDPOINTS,
              "Endpoints that are trusted though they are not Google's own, for example"
                  + " https://kms.example.internal, separated by commas."),
          SettingSpec.of(
              ENDPOINT_CERTIFICATE,
              "A PEM file with the certificate of an endpoint that is not Google's own, or of who"
                  + " issued it, for example emulator.pem."),
          SettingSpec.of(
              CREDENTIALS_FILE,
              "A credentials file: of workload identity federation, or, for development, of gcloud"
                  + " auth application-default login, for example"
                  + " /home/dev/.config/gcloud/application_default_credentials.json."),
          SettingSpec.secret(
              ACCESS_TOKEN,
              "An access token for development, as gcloud auth print-access-token or enclave"
                  + " emulator gcp prints it."),
          SettingSpec.of(
              CONNECTIONS,
              "How many connections to Cloud KMS there are at most, of which each carries as many"
                  + " requests at once as Google allows, 1 to 64, for example 16; 8 by default."));

  /** Not the key ring, which one configuration may hold wherever the application runs. */
  public static final Places PLACES =
      new Places(
          "Google Cloud",
          List.of(
              "gcp-cloud-run", "gcp-cloud-run-job", "gcp-functions", "gcp-app-engine", "gcp-vm"),
          List.of(CREDENTIALS_FILE, ENDPOINT, ACCESS_TOKEN),
          Optional.of(KEY_RING));

  private static final int USUAL_CONNECTIONS = 8;
  private static final int MOST_CONNECTIONS = 64;

  private static final String ORIGIN_ALONE =
      "Write scheme, host and port alone, such as https://cloudkms.googleapis.com.";

  private final BackendSettings section;
  private final CheckedSettings settings;
  private final String keyRing;
  private final Optional<Origin> endpoint;
  private final List<Origin> allowedEndpoints;
  private final int connections;

  private GcpSettings(BackendSettings section) throws BackendFailure {
    this.section = section;
    this.settings = new CheckedSettings(section);
    this.keyRing = keyRing(settings);
    this.endpoint = settings.origin(ENDPOINT, Origin::parse, ORIGIN_ALONE);
    this.allowedEndpoints = settings.origins(ALLOWED_ENDPOINTS, Origin::parse, ORIGIN_ALONE);
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
  public static GcpSettings of(BackendSettings settings) throws BackendFailure {
    return new GcpSettings(settings);
  }

  public String keyRing() {
    return keyRing;
  }

  Optional<Origin> endpoint() {
    return endpoint;
  }

  List<Origin> allowedEndpoints() {
    return allowedEndpoints;
  }

  /** A path. */
  Optional<String> endpointCertificate() {
    return settings.text(ENDPOINT_CERTIFICATE);
  }

  /** A path. */
  public Optional<String> credentialsFile() {
    return settings.text(CREDENTIALS_FILE);
  }

  /** The token takes the place of every other credential; the client takes text alone. */
  public Optional<String> accessToken() {
    Optional<SecretBytes> answered = section.secret(ACCESS_TOKEN);
    if (answered.isEmpty()) {
      return settings.text(ACCESS_TOKEN);
    }
    try (SecretBytes secret = answered.get()) {
      byte[] bytes = secret.exposeSecret();
      try {
        return Optional.of(new String(bytes, StandardCharsets.UTF_8).strip());
      } finally {
        Arrays.fill(bytes, (byte) 0);
      }
    }
  }

  public int connections() {
    return connections;
  }

  /** The name as the operator writes it. */
  public String fullName(String name) {
    return settings.fullName(name);
  }

  /** For a file that is not what it is to be. */
  BackendFailure wrong(String name, String value, String fix) {
    return settings.wrong(name, value, fix);
  }

  private static String keyRing(CheckedSettings settings) throws BackendFailure {
    Optional<String> text = settings.text(KEY_RING);
    if (text.isEmpty()) {
      throw BackendFailure.permanent(
          FailureCode.MISCONFIGURED,
          "Setting " + settings.fullName(KEY_RING) + " is not set.",
          "Set it to projects/PROJECT/locations/LOCATION/keyRings/NAME; gcloud kms"
              + " keyrings list names those there are.");
    }
    if (!GcpNames.isKeyRing(text.get())) {
      throw settings.wrong(
          KEY_RING, text.get(), "Write projects/PROJECT/locations/LOCATION/keyRings/NAME.");
    }
    return text.get();
  }
}
