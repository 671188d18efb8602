package dev.enclave.gcp.internal;

import dev.enclave.EnvironmentType;
import dev.enclave.kit.setup.CheckedSettings;
import dev.enclave.kit.setup.Origin;
import dev.enclave.kit.setup.Places;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.backend.BackendContext;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.TrustManager;

/**
 * The settings of the Google Cloud KMS backend, read and checked.
 *
 * @param section all of them as they were written
 * @param credentialsFile a path
 */
public record GcpSettings(
    CheckedSettings section,
    String keyRing,
    Optional<Origin> endpoint,
    List<Origin> allowedEndpoints,
    Optional<String> credentialsFile,
    int connections) {

  public static final String ENDPOINT = "endpoint";
  public static final String ALLOWED_ENDPOINTS = "allowed-endpoints";
  public static final String CREDENTIALS_FILE = "credentials-file";
  public static final String ACCESS_TOKEN = "access-token";

  static final String ENDPOINT_CERTIFICATE = "endpoint-certificate";

  private static final String KEY_RING = "key-ring";

  public static final List<SettingSpec> SPECS =
      CheckedSettings.specs(
          """
          key-ring: The key ring of the keys, for example
            projects/wallet-prod/locations/europe-west1/keyRings/wallet.
          endpoint: Where Cloud KMS is, for example
            https://cloudkms.europe-west3.rep.googleapis.com; by default
            https://cloudkms.googleapis.com.
          allowed-endpoints: Endpoints that are trusted though they are not Google's own, for
            example https://kms.example.internal, separated by commas.
          endpoint-certificate: A PEM file with the certificate of an endpoint that is not Google's
            own, or of who issued it, for example emulator.pem.
          credentials-file: A credentials file: of workload identity federation, or, for
            development, of gcloud auth application-default login, for example
            /home/dev/.config/gcloud/application_default_credentials.json.
          secret access-token: An access token for development, as gcloud auth print-access-token
            or enclave emulator gcp prints it.
          connections: How many connections to Cloud KMS there are at most, of which each carries
            as many requests at once as Google allows, 1 to 64, for example 16; 8 by default.
          """);

  /** Not the key ring, which one configuration may hold wherever the application runs. */
  public static final Places PLACES =
      new Places(
          Texts.GOOGLE_CLOUD.with(),
          List.of(
              "gcp-cloud-run", "gcp-cloud-run-job", "gcp-functions", "gcp-app-engine", "gcp-vm"),
          List.of(CREDENTIALS_FILE, ENDPOINT, ACCESS_TOKEN),
          Optional.of(KEY_RING));

  private static final int USUAL_CONNECTIONS = 8;
  private static final int MOST_CONNECTIONS = 64;

  private static final String ORIGIN_ALONE = Texts.ORIGIN_ALONE.with();

  private static final Origin GLOBAL = Origin.of("cloudkms.googleapis.com");

  /** The service's own hosts: global, regional, and those of Private Service Connect. */
  private static final Pattern GOOGLE =
      Pattern.compile(
          "cloudkms\\.googleapis\\.com"
              + "|cloudkms\\.[a-z0-9-]{1,40}\\.rep\\.googleapis\\.com"
              + "|cloudkms-[a-z0-9-]{1,60}\\.p\\.googleapis\\.com");

  /**
   * Where requests go: to Google, to where the operator trusts somebody as much, or, outside
   * PRODUCTION and STAGING, to where a setting says. No variable sends anything anywhere.
   *
   * @param origin where Cloud KMS is
   * @param trusted whether Google answers there, or somebody the operator trusts as much: only then
   *     are Google's credentials sent and an HSM believed
   * @param certificate what else than the machine's own trust store says who may answer there
   */
  public record Endpoint(Origin origin, boolean trusted, Optional<TrustManager[]> certificate) {

    /** Decides where requests go, and refuses what must not be, here. */
    public static Endpoint of(GcpSettings settings, BackendContext context) throws BackendFailure {
      Origin origin = settings.endpoint().orElse(GLOBAL);
      if (isGoogle(origin)) {
        return new Endpoint(origin, true, Optional.empty());
      }
      EnvironmentType environment = context.environment();
      String named = Texts.ENDPOINT_IS.with(settings.section().fullName(ENDPOINT), origin);
      boolean allowed = settings.allowedEndpoints().contains(origin);
      if (environment.isStrict() && !allowed) {
        throw Texts.ENDPOINT_REFUSED.permanent(
            FailureCode.REFUSED,
            named,
            environment,
            settings.section().fullName(ALLOWED_ENDPOINTS));
      }
      if (environment.isStrict() && !origin.tls()) {
        throw Texts.ENDPOINT_WITHOUT_TLS.permanent(FailureCode.REFUSED, named, environment);
      }
      if (!origin.tls() && !origin.loopback()) {
        throw Texts.ENDPOINT_ELSEWHERE.permanent(FailureCode.REFUSED, named);
      }
      // Without TLS nobody knows who answers, so no credentials of Google's go there.
      return new Endpoint(
          origin,
          allowed && origin.tls(),
          settings.section().trusted(ENDPOINT_CERTIFICATE, context.snapshot()));
    }

    /** Whether it is the service's own. */
    public static boolean isGoogle(Origin origin) {
      return origin.tls() && origin.port() == 443 && GOOGLE.matcher(origin.host()).matches();
    }
  }

  /** Reads and checks all of them, and names the setting that will not do. */
  public static GcpSettings of(BackendSettings given) throws BackendFailure {
    CheckedSettings settings = new CheckedSettings(given);
    String form = "projects/PROJECT/locations/LOCATION/keyRings/NAME";
    String keyRing =
        settings
            .text(KEY_RING, GcpNames.KEY_RING, Texts.WRITE.with(form))
            .orElseThrow(
                () ->
                    Texts.KEY_RING_NOT_SET.permanent(
                        FailureCode.MISCONFIGURED, settings.fullName(KEY_RING), form));
    return new GcpSettings(
        settings,
        keyRing,
        settings.origin(ENDPOINT, Origin::parse, ORIGIN_ALONE),
        settings.origins(ALLOWED_ENDPOINTS, Origin::parse, ORIGIN_ALONE),
        settings.text(CREDENTIALS_FILE),
        settings.connections("connections", USUAL_CONNECTIONS, MOST_CONNECTIONS));
  }

  /** The token takes the place of every other credential. */
  public Optional<String> accessToken() {
    return section.secret(ACCESS_TOKEN).map(String::strip).or(() -> section.text(ACCESS_TOKEN));
  }
}
