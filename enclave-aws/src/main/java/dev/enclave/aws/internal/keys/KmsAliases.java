package dev.enclave.aws.internal.keys;

import dev.enclave.KeyName;
import dev.enclave.kit.ledger.AliasService;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names of Enclave's aliases. */
public final class KmsAliases {

  public static final String PREFIX = "alias/enclave/";

  private static final Pattern VERSION =
      Pattern.compile("alias/enclave/([a-z][a-z0-9-]{0,51})/([1-9][0-9]{0,4})");

  private KmsAliases() {}

  /** The version that is to be active, for people and policies; made by the first rotation. */
  public static String hint(KeyName name) {
    return PREFIX + name;
  }

  /** The {@code number}th version. */
  public static String version(KeyName name, int number) {
    return PREFIX + name + "/" + number;
  }

  /** What the ledger calls a name. */
  public static String of(AliasService.Name name) {
    return switch (name.kind()) {
      case VERSION -> version(name.key(), name.number());
      case ACTIVATION -> PREFIX + name.key() + "/active/" + name.number();
    };
  }

  /** Of which key an alias names a version. */
  public static Optional<KeyName> keyOf(String alias) {
    Matcher matcher = VERSION.matcher(alias);
    return matcher.matches() ? Optional.of(KeyName.of(matcher.group(1))) : Optional.empty();
  }
}
