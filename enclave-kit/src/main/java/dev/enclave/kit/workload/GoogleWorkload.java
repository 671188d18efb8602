package dev.enclave.kit.workload;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataAnswer.Answered;
import dev.enclave.spi.detection.MetadataRequest;
import dev.enclave.spi.detection.MetadataService;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * A workload that runs on Google Cloud and uses a key of another cloud: identity tokens of its
 * service account, from the metadata server ("Get an ID token from the metadata server", Google
 * Cloud authentication documentation). Always at the documented addresses.
 */
public final class GoogleWorkload implements IdentityToken.Source {

  private static final String V4 = "http://169.254.169.254";

  /** For machines without IPv4. */
  private static final String V6 = "http://[fd20:ce::254]";

  private static final String PATH =
      "/computeMetadata/v1/instance/service-accounts/default/identity?format=full&audience=";
  private static final String FLAVOR = "Metadata-Flavor";

  private final MetadataService metadata;

  /** The one that this process is. */
  public GoogleWorkload(EnvironmentSnapshot environment) {
    this.metadata = environment.metadata();
  }

  @Override
  public IdentityToken token(String audience) throws BackendFailure {
    MetadataAnswer answer = ask(V4, audience);
    if (answer instanceof MetadataAnswer.Silent) {
      answer = ask(V6, audience);
    }
    if (answer instanceof MetadataAnswer.Silent silent) {
      throw unavailable(
          "gave no identity token: "
              + silent.reason()
              + ". Look at what keeps this process from 169.254.169.254, and whether it runs on"
              + " Google Cloud.");
    }
    Answered answered = (Answered) answer;
    if (answered.header(FLAVOR).filter("Google"::equals).isEmpty()) {
      throw BackendFailure.permanent(
          FailureCode.MISCONFIGURED,
          "What answers at 169.254.169.254 is not Google's metadata server.",
          "Run on Google Cloud," + " with a service account attached.");
    }
    if (answered.status() == 404) {
      throw BackendFailure.permanent(
          FailureCode.MISCONFIGURED,
          "The metadata server says that no service account is attached.",
          "Attach one to the" + " instance, service or pod.");
    }
    if (answered.status() != 200) {
      throw unavailable("answered HTTP " + answered.status() + " instead of an identity token.");
    }
    return IdentityToken.parse(answered.body().strip())
        .filter(token -> token.isFor(audience))
        .orElseThrow(
            () ->
                unavailable(
                    "answered something else than an identity token for " + audience + "."));
  }

  private MetadataAnswer ask(String base, String audience) {
    return metadata.send(
        MetadataRequest.get(base + PATH + URLEncoder.encode(audience, StandardCharsets.UTF_8))
            .header(FLAVOR, "Google"));
  }

  private static BackendFailure unavailable(String observed) {
    return BackendFailure.transientFailure(
        FailureCode.UNAVAILABLE, "Google's metadata server " + observed);
  }

  @Override
  public void close() {
    metadata.close();
  }
}
