package dev.enclave.cloud;

import dev.enclave.EnvironmentType;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/**
 * Scheme, host and port of an endpoint; equal whatever the spelling. Immutable.
 *
 * @param tls whether by TLS
 * @param host in lower case
 * @param port its own or the scheme's
 */
public record Origin(boolean tls, String host, int port) {

  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  /** Reads {@code http(s)://host(:port)}; nothing if there is more to it, or less. */
  public static Optional<Origin> parse(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    boolean tls = scheme.equals("https");
    if (!(tls || scheme.equals("http"))
        || uri.getHost() == null
        || uri.getRawUserInfo() != null
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null
        || !(path.isEmpty() || path.equals("/"))
        || uri.getPort() == 0
        || uri.getPort() > 0xffff) {
      return Optional.empty();
    }
    int usual = tls ? HTTPS : HTTP;
    return Optional.of(
        new Origin(
            tls,
            uri.getHost().toLowerCase(Locale.ROOT),
            uri.getPort() == -1 ? usual : uri.getPort()));
  }

  /**
   * Reads a setting that has to be there.
   *
   * @throws ConfigurationException ({@link ErrorCode#CONFIGURATION_MISSING}) when it is not set
   * @throws BackendFailure {@link FailureCode#MISCONFIGURED} when it is no origin; {@link
   *     FailureCode#REFUSED} in PRODUCTION and STAGING when it is without TLS
   */
  public static Origin setting(String name, BackendContext context) throws BackendFailure {
    String full = context.settings().fullName(name);
    Origin origin =
        parse(context.settings().require(name))
            .orElseThrow(
                () ->
                    BackendFailure.permanent(
                        FailureCode.MISCONFIGURED,
                        "Setting "
                            + full
                            + " is no origin. Set it to https:// and a host, without a path."));
    EnvironmentType environment = context.environment();
    boolean strict =
        environment == EnvironmentType.PRODUCTION || environment == EnvironmentType.STAGING;
    if (strict && !origin.tls()) {
      throw BackendFailure.permanent(
          FailureCode.REFUSED,
          "Setting "
              + full
              + " begins with http://, which "
              + environment
              + " refuses. Set it to https:// and a host.");
    }
    return origin;
  }

  /** A host by TLS, at the usual port. */
  public static Origin of(String host) {
    return new Origin(true, host, HTTPS);
  }

  /** For a client. */
  public URI uri() {
    return URI.create(toString());
  }

  @Override
  public String toString() {
    return (tls ? "https://" : "http://") + host + (port == (tls ? HTTPS : HTTP) ? "" : ":" + port);
  }
}
