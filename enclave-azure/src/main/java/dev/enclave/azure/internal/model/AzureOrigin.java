package dev.enclave.azure.internal.model;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/**
 * Host and port of an endpoint that is reached by TLS; equal whatever the spelling. There are no
 * others: the SDK sends a token by https alone.
 *
 * @param host in lower case
 * @param port its own or the scheme's
 */
public record AzureOrigin(String host, int port) {

  private static final int HTTPS = 443;

  /** Reads {@code https://host(:port)}; nothing if there is more to it, or less. */
  public static Optional<AzureOrigin> parse(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    if (!scheme.equals("https")
        || uri.getHost() == null
        || uri.getRawUserInfo() != null
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null
        || !(path.isEmpty() || path.equals("/"))
        || uri.getPort() == 0
        || uri.getPort() > 0xffff) {
      return Optional.empty();
    }
    return Optional.of(
        new AzureOrigin(
            uri.getHost().toLowerCase(Locale.ROOT), uri.getPort() == -1 ? HTTPS : uri.getPort()));
  }

  /** Whether it is this machine. */
  public boolean loopback() {
    return host.equals("localhost")
        || host.equals("[::1]")
        || host.matches("127(\\.[0-9]{1,3}){3}");
  }

  URI uri() {
    return URI.create(toString());
  }

  @Override
  public String toString() {
    return "https://" + authority();
  }

  /** As handles and requests name it. */
  public String authority() {
    return port == HTTPS ? host : host + ":" + port;
  }
}
