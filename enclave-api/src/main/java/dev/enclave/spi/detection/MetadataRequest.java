package dev.enclave.spi.detection;

import java.net.URI;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request without a body to a metadata service: plain HTTP, port 80, an address literal that
 * routers do not forward. So no request can leave the machine's own network, whatever variables or
 * answers say.
 *
 * @param method how
 * @param uri where, in one of the forms of {@link #get}
 * @param headers by name
 */
public record MetadataRequest(Method method, URI uri, Map<String, String> headers) {

  /** The two methods that metadata services know. */
  public enum Method {
    GET,
    PUT
  }

  /** RFC 3927 §2.1; every cloud's IPv4 metadata address is in this block. */
  private static final Pattern LINK_LOCAL_V4 =
      Pattern.compile("169\\.254(\\.(0|[1-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-5])){2}");

  /**
   * The documented IPv6 addresses of EC2 and of Compute Engine; both are unique-local (RFC 4193).
   */
  private static final Set<String> DOCUMENTED_V6 = Set.of("[fd00:ec2::254]", "[fd20:ce::254]");

  /**
   * Checks the address.
   *
   * @throws IllegalArgumentException for any other address
   */
  public MetadataRequest {
    boolean plain =
        "http".equals(uri.getScheme())
            && uri.getPort() == -1
            && uri.getRawUserInfo() == null
            && uri.getRawFragment() == null;
    if (!plain || !isMetadataAddress(uri.getHost())) {
      throw new IllegalArgumentException(
          "A metadata request goes to http://169.254.x.y/ or to one of "
              + DOCUMENTED_V6
              + ", without port and user.");
    }
    headers = Collections.unmodifiableMap(new TreeMap<>(headers));
  }

  private static boolean isMetadataAddress(@Nullable String host) {
    return host != null && (DOCUMENTED_V6.contains(host) || LINK_LOCAL_V4.matcher(host).matches());
  }

  /**
   * Asks for a document.
   *
   * @param uri such as {@code http://169.254.169.254/latest/}
   * @throws IllegalArgumentException for any other kind of address
   */
  public static MetadataRequest get(String uri) {
    return new MetadataRequest(Method.GET, URI.create(uri), Map.of());
  }

  /**
   * Asks for a session token.
   *
   * @param uri such as {@code http://169.254.169.254/latest/api/token}
   * @throws IllegalArgumentException for any other kind of address
   */
  public static MetadataRequest put(String uri) {
    return new MetadataRequest(Method.PUT, URI.create(uri), Map.of());
  }

  /** The same with a header. */
  public MetadataRequest header(String name, String value) {
    Map<String, String> more = new TreeMap<>(headers);
    more.put(name, value);
    return new MetadataRequest(method, uri, more);
  }

  /** Header names only: a value may be a session token. */
  @Override
  public String toString() {
    return method + " " + uri + " " + headers.keySet();
  }
}
