package dev.enclave.kit.workload;

import dev.enclave.kit.texts.Texts;
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
 * A workload that runs on Google Cloud: access tokens and, for a key of another cloud, identity
 * tokens of its service account, from the metadata server ("View and query VM metadata", Compute
 * Engine documentation; "Get an ID token from the metadata server", Google Cloud authentication
 * documentation). Always at the documented addresses, whatever GCE_METADATA_HOST says.
 */
public final class GoogleWorkload implements IdentityToken.Source {

  private static final String V4 = "http://169.254.169.254";

  /** For machines without IPv4; elsewhere there is no way to it, which shows at once. */
  private static final String V6 = "http://[fd20:ce::254]";

  private static final String ACCOUNT = "/computeMetadata/v1/instance/service-accounts/default/";
  private static final String FLAVOR = "Metadata-Flavor";

  private final MetadataService metadata;

  /** The one that this process is. */
  public GoogleWorkload(EnvironmentSnapshot environment) {
    this.metadata = environment.metadata();
  }

  /** What is answered by IPv4, or where that is silent by IPv6. */
  public static MetadataAnswer ask(MetadataService metadata, String path) {
    MetadataAnswer first = metadata.send(request(V4 + path));
    if (first instanceof Answered) {
      return first;
    }
    MetadataAnswer second = metadata.send(request(V6 + path));
    return second instanceof Answered ? second : first;
  }

  private static MetadataRequest request(String address) {
    return MetadataRequest.get(address).header(FLAVOR, "Google");
  }

  /** Whether who answered says that it is Google's metadata server. */
  public static boolean isGoogle(Answered answer) {
    return answer.header(FLAVOR).filter("Google"::equals).isPresent();
  }

  /**
   * What the server hands out for the service account that is attached.
   *
   * @param path below the account's
   * @param what it is, for messages, such as {@code access token}
   * @throws BackendFailure when there is none
   */
  public String ofAccount(String path, String what) throws BackendFailure {
    MetadataAnswer answer = ask(metadata, ACCOUNT + path);
    if (answer instanceof MetadataAnswer.Silent silent) {
      throw Texts.NOTHING_OF_METADATA_SERVER.transientFailure(
          FailureCode.UNAVAILABLE, what, silent.reason());
    }
    Answered answered = (Answered) answer;
    if (!isGoogle(answered)) {
      throw Texts.NOT_THE_METADATA_SERVER.permanent(FailureCode.MISCONFIGURED);
    }
    if (answered.status() == 404) {
      throw Texts.NO_SERVICE_ACCOUNT.permanent(FailureCode.MISCONFIGURED);
    }
    if (answered.status() != 200) {
      throw Texts.METADATA_SERVER_ANSWERED.transientFailure(
          FailureCode.UNAVAILABLE, answered.status(), what);
    }
    return answered.body();
  }

  @Override
  public IdentityToken token(String audience) throws BackendFailure {
    String path =
        "identity?format=full&audience=" + URLEncoder.encode(audience, StandardCharsets.UTF_8);
    return IdentityToken.parse(ofAccount(path, Texts.IDENTITY_TOKEN.with()).strip())
        .filter(token -> token.isFor(audience))
        .orElseThrow(
            () -> Texts.NOT_AN_IDENTITY_TOKEN.transientFailure(FailureCode.UNAVAILABLE, audience));
  }

  @Override
  public void close() {
    metadata.close();
  }
}
