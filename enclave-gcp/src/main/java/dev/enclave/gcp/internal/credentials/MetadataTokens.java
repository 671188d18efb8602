package dev.enclave.gcp.internal.credentials;

import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.credentials.RefreshingValue.Expiring;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataAnswer.Answered;
import dev.enclave.spi.detection.MetadataRequest;
import dev.enclave.spi.detection.MetadataService;

/**
 * The service account that is attached to the workload: of an instance, of Cloud Run and its
 * siblings, or, by GKE's own metadata server, of a Kubernetes service account (workload identity).
 * Always at the documented addresses, whatever GCE_METADATA_HOST says. ("View and query VM
 * metadata", Compute Engine documentation.)
 */
final class MetadataTokens implements CredentialSource<String> {

  private static final String V4 = "http://169.254.169.254";

  /** For machines without IPv4. */
  private static final String V6 = "http://[fd20:ce::254]";

  /** GKE and Cloud Run narrow the token to this; Compute Engine goes by the instance's scopes. */
  private static final String PATH =
      "/computeMetadata/v1/instance/service-accounts/default/token?scopes=" + TokenChain.SCOPE;

  private static final String FLAVOR = "Metadata-Flavor";

  private final MetadataService metadata;
  private final TimeSource time;

  MetadataTokens(MetadataService metadata, TimeSource time) {
    this.metadata = metadata;
    this.time = time;
  }

  @Override
  public Expiring<String> fetch() throws BackendFailure {
    MetadataAnswer answer = ask(V4);
    if (answer instanceof MetadataAnswer.Silent) {
      answer = ask(V6);
    }
    if (answer instanceof MetadataAnswer.Silent silent) {
      throw BackendFailure.transientFailure(
          FailureCode.UNAVAILABLE,
          "The metadata server gave no access token: " + silent.reason() + ".",
          "Nobody told whether a service account is attached: look at what keeps this"
              + " process from 169.254.169.254. Elsewhere than on Google Cloud, use workload"
              + " identity federation.");
    }
    Answered answered = (Answered) answer;
    if (answered.header(FLAVOR).filter("Google"::equals).isEmpty()) {
      throw BackendFailure.permanent(
          FailureCode.MISCONFIGURED,
          "What answers at 169.254.169.254 is not Google's metadata server.",
          "Run where a service" + " account can be attached, or use workload identity federation.");
    }
    if (answered.status() == 404) {
      throw BackendFailure.permanent(
          FailureCode.MISCONFIGURED,
          "The metadata server says that no service account is attached.",
          "Attach one to the" + " instance, service or pod.");
    }
    if (answered.status() != 200) {
      throw BackendFailure.transientFailure(
          FailureCode.UNAVAILABLE,
          "The metadata server answered HTTP " + answered.status() + " instead of an access token.",
          "See that the service account exists and is enabled.");
    }
    return Documents.token(answered.body(), time)
        .orElseThrow(
            () ->
                BackendFailure.transientFailure(
                    FailureCode.UNAVAILABLE,
                    "The metadata server answered something else than an access token.",
                    "Ask" + " again."));
  }

  private MetadataAnswer ask(String base) {
    return metadata.send(MetadataRequest.get(base + PATH).header(FLAVOR, "Google"));
  }

  @Override
  public String named() {
    return "the metadata server";
  }

  @Override
  public void close() {
    metadata.close();
  }
}
