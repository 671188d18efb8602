package dev.enclave.emulators.internal.aws.kms.shared;

import dev.enclave.emulators.internal.aws.common.AwsFailure;
import dev.enclave.emulators.internal.aws.common.Partition;
import dev.enclave.emulators.internal.aws.kms.model.Keys;
import dev.enclave.emulators.internal.aws.kms.model.KmsKey;
import dev.enclave.emulators.internal.aws.kms.request.Call;
import java.util.regex.Pattern;

/**
 * KMS Developer Guide, "Key identifiers (KeyId)": key id, key ARN, alias name or alias ARN; which
 * of them an operation takes stands at its KeyId parameter in the API reference.
 */
public final class KeyFinder {

  private static final int LONGEST = 2048;
  private static final Pattern ID =
      Pattern.compile(
          "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32}");

  private final Keys keys;
  private final Partition partition;
  private final Access access;

  public KeyFinder(Keys keys, Partition partition, Access access) {
    this.keys = keys;
    this.partition = partition;
    this.access = access;
  }

  /** Reads a KeyId parameter; look it up when all other members are read and checked. */
  public static String read(Call call, String member) {
    return call.input().requiredText(member, 1, LONGEST);
  }

  /** The key that an id, ARN, alias name or alias ARN names, if the caller may act on it. */
  public KmsKey byAny(Call call, String keyId) {
    return allowed(call, find(call, keyId, true));
  }

  /** The key that an id or ARN names, if the caller may act on it. */
  public KmsKey byKey(Call call, String keyId) {
    return allowed(call, find(call, keyId, false));
  }

  /** As {@link #byKey}, for a caller whose right is checked elsewhere. */
  public KmsKey unchecked(Call call, String keyId) {
    return find(call, keyId, false);
  }

  private KmsKey allowed(Call call, KmsKey key) {
    access.check(call, key);
    return key;
  }

  private KmsKey find(Call call, String keyId, boolean aliasAllowed) {
    KmsKey key = resolve(call, keyId, aliasAllowed);
    call.concerns(key.id());
    return key;
  }

  private KmsKey resolve(Call call, String keyId, boolean aliasAllowed) {
    String resource = keyId.startsWith("arn:") ? resourceOf(keyId) : keyId;
    if (resource.startsWith("alias/")) {
      if (!aliasAllowed) {
        throw notFound("Invalid keyId '" + keyId + "'");
      }
      call.names(resource);
      return keys.alias(resource, call.now())
          .flatMap(alias -> keys.find(alias.keyId(), call.now()))
          .orElseThrow(() -> notFound("Alias " + partition.aliasArn(resource) + " is not found."));
    }
    String id = resource.startsWith("key/") ? resource.substring(4) : resource;
    if (!ID.matcher(id).matches()) {
      throw notFound("Invalid keyId '" + keyId + "'");
    }
    return keys.find(id, call.now())
        .orElseThrow(() -> notFound("Key '" + partition.keyArn(id) + "' does not exist"));
  }

  /** What follows the account in an ARN of this account and Region. */
  private String resourceOf(String arn) {
    String[] parts = arn.split(":", 6);
    if (parts.length < 6 || !parts[2].equals("kms")) {
      throw AwsFailure.of("InvalidArnException", "Invalid arn " + arn);
    }
    if (!parts[3].equals(partition.region())) {
      throw notFound("Invalid arn " + parts[3]);
    }
    if (!parts[4].equals(partition.account())) {
      // Another account's key: whether it exists is nobody's business.
      throw AwsFailure.of(
          "AccessDeniedException",
          "The caller is not authorized to use a key of account " + parts[4] + ".");
    }
    if (!parts[5].startsWith("key/") && !parts[5].startsWith("alias/")) {
      throw AwsFailure.of("InvalidArnException", "Invalid arn " + arn);
    }
    return parts[5];
  }

  private static AwsFailure notFound(String message) {
    return AwsFailure.of("NotFoundException", message);
  }
}
