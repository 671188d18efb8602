package dev.enclave.aws.internal.calls;

import dev.enclave.KeyName;
import dev.enclave.kit.key.AliasService;
import dev.enclave.kit.key.KeyMetadata;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kms.model.Tag;

/**
 * Names of KMS keys, Enclave's aliases, and the tags of the ledger that others than the ledger
 * read.
 */
public final class KmsNames {

  public static final String ALIAS = "alias/enclave/";

  public static final String TAG = "enclave:";
  public static final String NAME = TAG + KeyMetadata.KEY;
  public static final String STAMP = TAG + KeyMetadata.STAMP;
  public static final String ALGORITHM = TAG + KeyMetadata.ALGORITHM;

  private static final Pattern VERSION =
      Pattern.compile(ALIAS + "([a-z][a-z0-9-]{0,51})/[1-9][0-9]{0,4}");

  /**
   * A UUID, or that of a multi-Region key ("Key identifiers", KMS developer guide). What says that
   * it is one and is not may be anything, and is not shown.
   */
  public static final String ID =
      "(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})";

  private static final Pattern KEY_ARN =
      Pattern.compile("arn:[a-z0-9-]{1,32}:kms:[a-z0-9-]{1,32}:([0-9]{12}):key/(" + ID + ")");

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
  public static String of(AliasService.Name name) {
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

  public static List<Tag> tags(Map<String, String> tags) {
    return tags.entrySet().stream().map(tag -> tag(tag.getKey(), tag.getValue())).toList();
  }

  public static boolean isKeyId(@Nullable String id) {
    return id != null && id.matches(ID);
  }

  /** Whether KMS named a key as it does: by an ARN that ends in the id. */
  public static boolean agree(@Nullable String arn, @Nullable String id) {
    return keyId(arn).filter(named -> named.equals(id)).isPresent();
  }

  /** The id in a key's ARN; none if it is no key's ARN. */
  public static Optional<String> keyId(@Nullable String arn) {
    return part(2, arn);
  }

  /** The account in a key's ARN; none if it is no key's ARN. */
  public static Optional<String> account(String arn) {
    return part(1, arn);
  }

  private static Optional<String> part(int group, @Nullable String arn) {
    Matcher matcher = KEY_ARN.matcher(arn == null ? "" : arn);
    return matcher.matches() ? Optional.of(matcher.group(group)) : Optional.empty();
  }

  /** Whether KMS answered for the key it was asked for; it says so by ARN, moto by id alone. */
  public static boolean sameKey(@Nullable String answered, String arn) {
    return arn.equals(answered) || keyId(arn).equals(Optional.ofNullable(answered));
  }

  /** The same account's and region's ARN with another key id. */
  public static String withKeyId(String arn, String keyId) {
    return arn.substring(0, arn.lastIndexOf('/') + 1) + keyId;
  }
}
