package dev.enclave.aws.internal.keys;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.aws.internal.calls.KmsRefusals;
import dev.enclave.aws.internal.model.KmsArns;
import dev.enclave.aws.internal.model.KmsKey;
import dev.enclave.aws.internal.model.KmsPartition;
import dev.enclave.aws.internal.model.KmsScheme;
import dev.enclave.aws.internal.model.KmsTags;
import dev.enclave.kit.key.AdoptedName;
import dev.enclave.kit.key.RefusedStamps;
import dev.enclave.internal.StatementText;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.KeyAdopter;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kms.model.KeyManagerType;
import software.amazon.awssdk.services.kms.model.KeyMetadata;

/**
 * Uses KMS keys that something else made, with the rights to describe them, to read their public
 * key and to sign. Tags are read where that is allowed, for a stamp.
 */
public final class KmsAdopter implements KeyAdopter {

  private static final Pattern NAME =
      Pattern.compile(
          "((?:arn:[a-z0-9-]{1,32}:kms:([a-z0-9-]{1,32}):[0-9]{12}:)?"
              + "(?:key/)?(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})"
              + "|(?:arn:[a-z0-9-]{1,32}:kms:([a-z0-9-]{1,32}):[0-9]{12}:)?"
              + "alias/[A-Za-z0-9/_-]{1,250})");

  private final KmsKeys keys;
  private final String account;
  private final String region;
  private final KmsPartition partition;
  private final RefusedStamps refusals;

  public KmsAdopter(
      KmsKeys keys, String account, String region, KmsPartition partition, RefusedStamps refusals) {
    this.keys = keys;
    this.account = account;
    this.region = region;
    this.partition = partition;
    this.refusals = refusals;
  }

  @Override
  public KeySnapshot adopt(KeyName name, String providerUri, CallContext call)
      throws BackendFailure {
    AdoptedName adopted = AdoptedName.parse(providerUri).orElseThrow(KmsRefusals::notAKey);
    Matcher matcher = NAME.matcher(adopted.uri());
    if (!matcher.matches()) {
      throw KmsRefusals.notAKey();
    }
    requireThisRegion(matcher.group(2));
    requireThisRegion(matcher.group(3));
    KmsKey key =
        read(matcher.group(1).replaceFirst("^key/", ""), call)
            .orElseThrow(() -> KmsRefusals.COMMON.noForeignKey("account and region"));
    // An id or an ARN does not show it, as the names of other clouds' keys do.
    if (key.tags().name().filter(own -> StatementText.namesKey(own.value())).isPresent()) {
      throw KmsRefusals.statementKey();
    }
    KeyAlgorithm algorithm =
        adopted.algorithm(
            choices(key),
            key.tags().algorithm(),
            key.metadata().keySpecAsString() + " " + key.metadata().keyUsageAsString());
    return keys.snapshots().ofForeign(name, key, algorithm, call);
  }

  private void requireThisRegion(@Nullable String given) throws BackendFailure {
    if (given != null && !given.equals(region)) {
      throw BackendFailure.permanent(
          FailureCode.UNSUPPORTED,
          "The key is in region "
              + given
              + " and this backend works in "
              + region
              + ". Set enclave.aws-kms.region, or use a key of this region.");
    }
  }

  private Optional<KmsKey> read(String keyId, CallContext call) throws BackendFailure {
    Optional<KeyMetadata> metadata = keys.directory().describe(keyId, call);
    if (metadata.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new KmsKey(metadata.get(), tags(metadata.get(), call)));
  }

  /** With a stamp that is unreadable where KMS does not tell the tags. */
  private KmsTags tags(KeyMetadata metadata, CallContext call) throws BackendFailure {
    Optional<StampReading> refused = refusals.recent(metadata.arn());
    if (refused.isPresent()) {
      return KmsTags.untold(refused.get());
    }
    try {
      return keys.directory()
          .tags(metadata.arn(), call)
          .orElseGet(() -> untold(metadata.arn(), "AWS KMS finds no tags of the key"));
    } catch (BackendFailure e) {
      if (e.code() == FailureCode.ACCESS_DENIED) {
        return untold(metadata.arn(), "kms:ListResourceTags is denied");
      }
      if (e.code() == FailureCode.REJECTED) {
        return untold(metadata.arn(), "AWS KMS rejects kms:ListResourceTags");
      }
      throw e;
    }
  }

  /** "Cross-account use: No", says the AWS KMS API Reference of ListResourceTags. */
  private KmsTags untold(String arn, String reason) {
    Optional<String> other = KmsArns.account(arn).filter(owner -> !owner.equals(account));
    return KmsTags.untold(
        other.isPresent()
            ? refusals.note(
                arn,
                reason
                    + ", and the key is in account "
                    + other.get()
                    + ", whose tags AWS KMS tells no"
                    + " other account",
                "Use a key of account " + account)
            : refusals.note(arn, reason, "Allow kms:ListResourceTags on the key"));
  }

  /** What of AWS's own makes, nobody else can use. */
  private List<KeyAlgorithm> choices(KmsKey key) {
    return key.metadata().keyManager() == KeyManagerType.AWS
        ? List.of()
        : KmsScheme.of(key.metadata().keySpec(), key.metadata().keyUsage()).stream()
            .filter(partition::has)
            .toList();
  }
}
