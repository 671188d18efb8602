package dev.enclave.emulators.internal.aws.kms.request;

import dev.enclave.emulators.internal.aws.common.AwsFailure;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** KMS API Reference, Tag; AWS Tagging, "Tag naming limits and requirements". */
public final class TagRules {

  static final int MOST_TAGS = 50;
  static final int LONGEST_KEY = 128;
  private static final int LONGEST_VALUE = 256;
  private static final Pattern CHARACTERS = Pattern.compile("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*");

  private TagRules() {}

  /** Reads the list {@code Tags}. */
  public static Map<String, String> read(Input input) {
    Map<String, String> tags = new LinkedHashMap<>();
    boolean repeated = false;
    for (Input tag : input.structures("Tags")) {
      String key = tag.requiredText("TagKey", 1, LONGEST_KEY);
      String value = tag.requiredText("TagValue", 0, LONGEST_VALUE);
      input.include(tag);
      repeated |= tags.put(key, value) != null;
    }
    input.check();
    if (repeated) {
      throw AwsFailure.of("TagException", "Duplicate tag keys");
    }
    tags.forEach(TagRules::check);
    return tags;
  }

  private static void check(String key, String value) {
    if (reserved(key) || reserved(value)) {
      throw AwsFailure.of("TagException", "Tags beginning with aws: are reserved");
    }
    if (!CHARACTERS.matcher(key).matches() || !CHARACTERS.matcher(value).matches()) {
      throw AwsFailure.of("TagException", "Tag keys and values hold characters that are not valid");
    }
  }

  private static boolean reserved(String text) {
    return text.toLowerCase(Locale.ROOT).startsWith("aws:");
  }

  /** KMS Developer Guide, "Resource quotas"; AWS Tagging: 50 tags a resource. */
  public static void checkCount(int count) {
    if (count > MOST_TAGS) {
      throw AwsFailure.of(
          "LimitExceededException", "A KMS key can have at most " + MOST_TAGS + " tags");
    }
  }
}
