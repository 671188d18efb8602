package dev.enclave.aws.internal.keys;

import dev.enclave.kit.ledger.KeyMetadata;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.kms.model.Tag;

/** The names of the tags that the ledger writes and others than the ledger read. */
public final class KmsTags {

  public static final String PREFIX = "enclave:";
  public static final String NAME = PREFIX + KeyMetadata.KEY;
  public static final String STAMP = PREFIX + KeyMetadata.STAMP;
  public static final String ALGORITHM = PREFIX + KeyMetadata.ALGORITHM;
  public static final String ROTATION = PREFIX + KeyMetadata.ROTATION;

  /** On the first version of a key until all versions of its backup are there. */
  public static final String RESTORING = PREFIX + "restoring";

  private KmsTags() {}

  public static Tag tag(String key, String value) {
    return Tag.builder().tagKey(key).tagValue(value).build();
  }

  public static List<Tag> of(Map<String, String> tags) {
    return tags.entrySet().stream().map(tag -> tag(tag.getKey(), tag.getValue())).toList();
  }
}
