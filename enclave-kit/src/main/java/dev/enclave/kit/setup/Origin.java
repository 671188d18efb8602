package dev.enclave.kit.setup;

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

  /** As {@link #parse}, by TLS alone. */
  public static Optional<Origin> parseTls(String text) {
    return parse(text).filter(Origin::tls);
  }

  /** The address that a text is, if it is one here. */
  public Optional<URI> at(String text) {
    try {
      URI address = new URI(text);
      return parse(address.getScheme() + "://" + address.getRawAuthority())
          .filter(origin -> origin.equals(this) && !address.isOpaque())
          .map(here -> address);
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  /** A host by TLS, at the usual port. */
  public static Origin of(String host) {
    return new Origin(true, host, HTTPS);
  }

  /** Whether it is this machine. */
  public boolean loopback() {
    return host.equals("localhost")
        || host.equals("[::1]")
        || host.matches("127(\\.[0-9]{1,3}){3}");
  }

  /** Host and port, as handles and requests name it; the scheme's own port is left out. */
  public String authority() {
    return port == (tls ? HTTPS : HTTP) ? host : host + ":" + port;
  }

  /** For a client. */
  public URI uri() {
    return URI.create(toString());
  }

  @Override
  public String toString() {
    return (tls ? "https://" : "http://") + authority();
  }
}
