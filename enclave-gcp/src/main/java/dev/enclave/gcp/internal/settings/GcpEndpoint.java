package dev.enclave.gcp.internal.settings;

import static dev.enclave.kit.Failures.refused;

import dev.enclave.EnvironmentType;
import dev.enclave.kit.setup.Origin;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.TrustManager;

/**
 * Where requests go: to Google, to where the operator trusts somebody as much, or, outside
 * PRODUCTION and STAGING, to where a setting says. No variable sends anything anywhere.
 *
 * @param origin where Cloud KMS is
 * @param trusted whether Google answers there, or somebody the operator trusts as much: only then
 *     are Google's credentials sent and an HSM believed
 * @param certificate what else than the machine's own trust store says who may answer there
 */
public record GcpEndpoint(Origin origin, boolean trusted, Optional<TrustManager[]> certificate) {

  private static final Origin GLOBAL = Origin.of("cloudkms.googleapis.com");

  /** The service's own hosts: global, regional, and those of Private Service Connect. */
  private static final Pattern GOOGLE =
      Pattern.compile(
          "cloudkms\\.googleapis\\.com"
              + "|cloudkms\\.[a-z0-9-]{1,40}\\.rep\\.googleapis\\.com"
              + "|cloudkms-[a-z0-9-]{1,60}\\.p\\.googleapis\\.com");

  /** Decides, and refuses what must not be, here. */
  public static GcpEndpoint of(GcpSettings settings, BackendContext context) throws BackendFailure {
    Origin origin = settings.endpoint().orElse(GLOBAL);
    if (isGoogle(origin)) {
      return new GcpEndpoint(origin, true, Optional.empty());
    }
    EnvironmentType environment = context.environment();
    String named = "Setting " + settings.fullName(GcpSettings.ENDPOINT) + " is " + origin;
    boolean allowed = settings.allowedEndpoints().contains(origin);
    if (environment.isStrict() && !allowed) {
      throw refused(
          "%s, which is no endpoint of Google Cloud KMS, and %s refuses others."
              .formatted(named, environment),
          "Remove the setting; or, if you trust whoever answers there with your keys and access"
              + " tokens, put exactly that into %s too."
                  .formatted(settings.fullName(GcpSettings.ALLOWED_ENDPOINTS)));
    }
    if (environment.isStrict() && !origin.tls()) {
      throw refused(
          named + ", without TLS, which " + environment + " refuses.",
          "Write https, or remove the setting.");
    }
    if (!origin.tls() && !origin.loopback()) {
      throw refused(named + ", without TLS and on another machine.", "Write https.");
    }
    // Without TLS nobody knows who answers, so no credentials of Google's go there.
    return new GcpEndpoint(origin, allowed && origin.tls(), settings.section().trusted(GcpSettings.ENDPOINT_CERTIFICATE, context.snapshot()));
  }

  /** Whether it is the service's own. */
  public static boolean isGoogle(Origin origin) {
    return origin.tls() && origin.port() == 443 && GOOGLE.matcher(origin.host()).matches();
  }
}
