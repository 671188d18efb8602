package dev.enclave.pkcs11.internal.settings;

import dev.enclave.Bytes;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A URI that names a token or a key in one (RFC 7512). Immutable.
 *
 * @param path the attributes of the path, percent-decoded; octets of {@code id} may be any
 * @param query the attributes of the query
 */
public record Pkcs11Uri(Map<String, Bytes> path, Map<String, Bytes> query) {

  public static final String TOKEN = "token";
  public static final String SERIAL = "serial";
  public static final String ID = "id";
  public static final String OBJECT = "object";

  /** What each begins with. */
  public static final String SCHEME = "pkcs11:";

  private static final Set<String> OF_PATH =
      Set.of(TOKEN, SERIAL, ID, OBJECT, "manufacturer", "model", "slot-id", "type");

  private static final Set<String> OF_QUERY = Set.of("module-path", "pin-source", "pin-value");

  /** What needs no encoding in a value (RFC 7512 §2.3), but for {@code &} and such of shells. */
  private static final String PLAIN =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

  /** Reads one; nothing if it has another form, or an attribute that is not known or twice. */
  public static Optional<Pkcs11Uri> parse(String text) {
    if (!text.startsWith(SCHEME)) {
      return Optional.empty();
    }
    String[] parts = text.substring(SCHEME.length()).split("\\?", 2);
    Map<String, Bytes> path = new LinkedHashMap<>();
    Map<String, Bytes> query = new LinkedHashMap<>();
    return read(parts[0], ";", OF_PATH, path)
            && (parts.length == 1 || read(parts[1], "&", OF_QUERY, query))
        ? Optional.of(new Pkcs11Uri(path, query))
        : Optional.empty();
  }

  private static boolean read(
      String text, String between, Set<String> known, Map<String, Bytes> into) {
    if (text.isEmpty()) {
      return true;
    }
    for (String attribute : text.split(between, -1)) {
      String[] pair = attribute.split("=", 2);
      Optional<Bytes> value = pair.length == 2 ? decoded(pair[1]) : Optional.empty();
      if (value.isEmpty() || !known.contains(pair[0]) || into.put(pair[0], value.get()) != null) {
        return false;
      }
    }
    return true;
  }

  /** A plus sign is itself, other than in forms of HTML. */
  private static Optional<Bytes> decoded(String text) {
    String octets = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    try {
      String plain = URLDecoder.decode(octets.replace("+", "%2B"), StandardCharsets.ISO_8859_1);
      return Optional.of(Bytes.of(plain.getBytes(StandardCharsets.ISO_8859_1)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** One of a key, by its CKA_LABEL and its CKA_ID; either may be empty. */
  public static String ofKey(byte[] label, byte[] id) {
    StringBuilder uri = new StringBuilder(SCHEME);
    append(uri, OBJECT, label, false);
    append(uri, ID, id, true);
    return uri.append(";type=private").toString().replace(":;", ":");
  }

  /** One of a token, by its label and its serial number. */
  public static String ofToken(String label, String serial) {
    StringBuilder uri = new StringBuilder(SCHEME);
    append(uri, TOKEN, label.getBytes(StandardCharsets.UTF_8), false);
    append(uri, SERIAL, serial.getBytes(StandardCharsets.UTF_8), false);
    return uri.toString();
  }

  private static void append(StringBuilder uri, String name, byte[] value, boolean whole) {
    if (value.length == 0) {
      return;
    }
    uri.append(uri.length() == SCHEME.length() ? "" : ";").append(name).append('=');
    for (byte octet : value) {
      boolean plain = !whole && PLAIN.indexOf(octet & 0xff) >= 0;
      uri.append(
          plain ? String.valueOf((char) octet) : String.format(Locale.ROOT, "%%%02X", octet));
    }
  }

  /** An attribute of the path as text of UTF-8. */
  public Optional<String> text(String name) {
    return octets(name).map(Pkcs11Uri::text);
  }

  /** An attribute of the path. */
  public Optional<byte[]> octets(String name) {
    return Optional.ofNullable(path.get(name)).map(Bytes::toByteArray);
  }

  /** An attribute of the query as text of UTF-8. */
  public Optional<String> queried(String name) {
    return Optional.ofNullable(query.get(name)).map(Bytes::toByteArray).map(Pkcs11Uri::text);
  }

  private static String text(byte[] octets) {
    return new String(octets, StandardCharsets.UTF_8);
  }

  /** Whether the path has none but these. */
  public boolean hasOnly(String... names) {
    return Set.copyOf(Arrays.asList(names)).containsAll(path.keySet());
  }
}
