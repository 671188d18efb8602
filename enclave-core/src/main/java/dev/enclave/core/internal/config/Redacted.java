package dev.enclave.core.internal.config;

import java.util.regex.Pattern;

/** Values as reports show them: without the credentials a URI may carry. */
final class Redacted {

  /** What stands before the host (RFC 3986 §3.2.1). */
  private static final Pattern USER_INFO = Pattern.compile("(?<=://)[^/?#@\\s]*+@");

  /** Attributes of a query, or of a PKCS #11 URI (RFC 7512 §2.4), that are known to be secret. */
  private static final Pattern SECRET_ATTRIBUTE =
      Pattern.compile(
          "(?i)([?&;](?:pin(?:-value)?|password|passwd|passphrase|secret|client[-_]secret|token"
              + "|access[-_]token|sig|signature|key|api[-_]?key|access[-_]?key)=)[^&;#]*+");

  private Redacted() {}

  static String of(String value) {
    String anonymous = USER_INFO.matcher(value).replaceAll("***@");
    return SECRET_ATTRIBUTE.matcher(anonymous).replaceAll("$1***");
  }
}
