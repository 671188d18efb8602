package dev.enclave.aws.internal.keys;

import dev.enclave.KeyName;
import dev.enclave.kit.key.AliasService;
import dev.enclave.kit.key.KeyMetadata;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.kms.model.Tag;

/** Enclave's aliases, and the tags of the ledger that others than the ledger read. */
public final class KmsNames {

  public static final String ALIAS = "alias/enclave/";

  public static final String TAG = "enclave:";
  public static final String NAME = TAG + KeyMetadata.KEY;
  public static final String STAMP = TAG + KeyMetadata.STAMP;
  public static final String ALGORITHM = TAG + KeyMetadata.ALGORITHM;

  private static final Pattern VERSION =
      Pattern.compile(ALIAS + "([a-z][a-z0-9-]{0,51})/[1-9][0-9]{0,4}");

  private KmsNames() {}

  /** The version that is to be active, for people and policies; made by the first rotation. */
  public static String hint(KeyName name) {
    return ALIAS + name;
  }

  /** The {@code number}th version. */
  public static String version(KeyName name, int number) {
    return ALIAS + name + "/" + number;
  }

  /** What the ledger calls a name. */
  static String of(AliasService.Name name) {
    return switch (name.kind()) {
      case VERSION -> version(name.key(), name.number());
      case ACTIVATION -> ALIAS + name.key() + "/active/" + name.number();
    };
  }

  /** Of which key an alias names a version. */
  public static Optional<KeyName> keyOf(String alias) {
    Matcher matcher = VERSION.matcher(alias);
    return matcher.matches() ? Optional.of(KeyName.of(matcher.group(1))) : Optional.empty();
  }

  public static Tag tag(String key, String value) {
    return Tag.builder().tagKey(key).tagValue(value).build();
  }

  static List<Tag> tags(Map<String, String> tags) {
    return tags.entrySet().stream().map(tag -> tag(tag.getKey(), tag.getValue())).toList();
  }
}
