package dev.enclave.kubernetes.internal.store;

import dev.enclave.KeyName;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the Secret of a key is called: one name for each key, and one key for each name. The ending
 * makes it a DNS subdomain (RFC 1123) for a key whose name ends with a hyphen too.
 */
public final class SecretNames {

  public static final String PREFIX = "enclave-";
  public static final String ENDING = "-key";

  private static final Pattern FORM = Pattern.compile(PREFIX + "([a-z][a-z0-9-]{0,51})" + ENDING);

  private SecretNames() {}

  /** At most 64 characters. */
  public static String of(KeyName name) {
    return PREFIX + name + ENDING;
  }

  /** The key; none for a name that {@link #of} does not make. */
  public static Optional<KeyName> key(String secret) {
    Matcher matcher = FORM.matcher(secret);
    return matcher.matches() ? Optional.of(KeyName.of(matcher.group(1))) : Optional.empty();
  }
}
