package dev.enclave.kit.workload;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where a container's credentials are handed out, if the address is one that AWS's own SDKs would
 * ask: any by TLS; without TLS this machine's own and three documented ones. ("Container credential
 * provider", AWS SDKs and Tools Reference Guide.)
 */
public final class ContainerEndpoint {

  public static final String RELATIVE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
  public static final String FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI";

  private static final String ECS = "http://169.254.170.2";
  private static final Set<String> WITHOUT_TLS =
      Set.of("169.254.170.2", "169.254.170.23", "[fd00:ec2::23]", "localhost", "[::1]");
  private static final Pattern LOOPBACK = Pattern.compile("127(\\.[0-9]{1,3}){3}");

  private ContainerEndpoint() {}

  static URI relative(String path) throws BackendFailure {
    return parse(path)
        .filter(uri -> uri.getScheme() == null && uri.getRawAuthority() == null)
        .filter(uri -> path.startsWith("/"))
        .flatMap(uri -> parse(ECS + path))
        .orElseThrow(() -> wrong(RELATIVE, "no path that begins with a single slash"));
  }

  static URI full(String text) throws BackendFailure {
    URI uri =
        parse(text)
            .filter(u -> u.getHost() != null && u.getRawUserInfo() == null)
            .filter(u -> u.getRawFragment() == null)
            .orElseThrow(() -> wrong(FULL, "no URL with a host"));
    boolean tls = "https".equals(uri.getScheme());
    boolean near =
        "http".equals(uri.getScheme())
            && (WITHOUT_TLS.contains(uri.getHost()) || LOOPBACK.matcher(uri.getHost()).matches());
    if (!tls && !near) {
      throw wrong(
          FULL,
          "neither https nor an address of this machine or of AWS's container agents, so"
              + " credentials from there could be anybody's");
    }
    return uri;
  }

  private static Optional<URI> parse(String text) {
    try {
      return Optional.of(new URI(text));
    } catch (java.net.URISyntaxException e) {
      return Optional.empty();
    }
  }

  /** The value is not quoted: a path may be as good as a password. */
  private static BackendFailure wrong(String variable, String observed) {
    return BackendFailure.permanent(
        FailureCode.REFUSED,
        "The variable " + variable + " is " + observed + ".",
        "The platform sets it; find out who changed it.");
  }
}
