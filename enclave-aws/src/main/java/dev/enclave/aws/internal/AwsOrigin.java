package dev.enclave.aws.internal;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/**
 * Scheme, host and port of an endpoint; equal whatever the spelling.
 *
 * @param tls whether by TLS
 * @param host in lower case
 * @param port its own or the scheme's
 */
record AwsOrigin(boolean tls, String host, int port) {

  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  /** Reads {@code http(s)://host(:port)}; nothing if there is more to it, or less. */
  static Optional<AwsOrigin> parse(String text) {
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
        new AwsOrigin(
            tls,
            uri.getHost().toLowerCase(Locale.ROOT),
            uri.getPort() == -1 ? usual : uri.getPort()));
  }

  /** A host of AWS's, by TLS. */
  static AwsOrigin of(String host) {
    return new AwsOrigin(true, host, HTTPS);
  }

  URI uri() {
    return URI.create(toString());
  }

  @Override
  public String toString() {
    return (tls ? "https://" : "http://") + host + (port == (tls ? HTTPS : HTTP) ? "" : ":" + port);
  }
}
