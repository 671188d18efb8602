package dev.enclave.aws.internal.keys;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.aws.internal.calls.AwsSession;
import dev.enclave.aws.internal.calls.KmsRefusals;
import dev.enclave.aws.internal.model.KmsArns;
import dev.enclave.aws.internal.model.KmsPartition;
import dev.enclave.aws.internal.model.KmsScheme;
import dev.enclave.aws.internal.model.KmsTags;
import dev.enclave.kit.key.AdoptedName;
import dev.enclave.kit.key.RefusedStamps;
import dev.enclave.kit.key.StoredText;
import dev.enclave.kit.ledger.VersionLedger;
import dev.enclave.internal.StatementText;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.KeyAdopter;
import java.util.List;
import java.util.Map;
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
  private final VersionLedger ledger;
  private final String account;
  private final String region;
  private final KmsPartition partition;
  private final RefusedStamps refusals;

  public KmsAdopter(
      KmsKeys keys,
      VersionLedger ledger,
      AwsSession session,
      KmsPartition partition,
      RefusedStamps refusals) {
    this.keys = keys;
    this.ledger = ledger;
    this.account = session.account();
    this.region = session.region();
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
    KeyMetadata metadata =
        keys.describe(matcher.group(1).replaceFirst("^key/", ""), call)
            .orElseThrow(() -> KmsRefusals.COMMON.noForeignKey("account and region"));
    Told told = told(metadata, call);
    // An id or an ARN does not show it, as the names of other clouds' keys do.
    if (told.text(KmsTags.NAME)
        .flatMap(StoredText::name)
        .filter(own -> StatementText.namesKey(own.value()))
        .isPresent()) {
      throw KmsRefusals.statementKey();
    }
    KeyAlgorithm algorithm =
        adopted.algorithm(
            choices(metadata),
            told.text(KmsTags.ALGORITHM).flatMap(StoredText::algorithm),
            metadata.keySpecAsString() + " " + metadata.keyUsageAsString());
    KeySnapshot key =
        ledger.adopted(name, algorithm, KmsKeys.of(metadata, told.tags()), told.stamp(), call);
    if (key.active().isPresent()) {
      keys.findings().note(metadata);
    }
    return key;
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

  /** A key's tags, as far as KMS tells them, and its stamp. */
  private record Told(Map<String, String> tags, StampReading stamp) {

    Optional<String> text(String tag) {
      return Optional.ofNullable(tags.get(tag));
    }
  }

  private Told told(KeyMetadata metadata, CallContext call) throws BackendFailure {
    String arn = metadata.arn();
    Optional<StampReading> refused = refusals.recent(arn);
    if (refused.isPresent()) {
      return new Told(Map.of(), refused.get());
    }
    try {
      return keys.tags(arn, call)
          .map(
              tags ->
                  new Told(
                      tags,
                      StoredText.stamp(
                          "tag " + KmsTags.STAMP,
                          tags.get(KmsTags.STAMP),
                          EnvironmentType::name)))
          .orElseGet(() -> untold(arn, "AWS KMS finds no tags of the key"));
    } catch (BackendFailure e) {
      if (e.code() == FailureCode.ACCESS_DENIED) {
        return untold(arn, "kms:ListResourceTags is denied");
      }
      if (e.code() == FailureCode.REJECTED) {
        return untold(arn, "AWS KMS rejects kms:ListResourceTags");
      }
      throw e;
    }
  }

  /** "Cross-account use: No", says the AWS KMS API Reference of ListResourceTags. */
  private Told untold(String arn, String reason) {
    Optional<String> other = KmsArns.account(arn).filter(owner -> !owner.equals(account));
    return new Told(
        Map.of(),
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
  private List<KeyAlgorithm> choices(KeyMetadata key) {
    return key.keyManager() == KeyManagerType.AWS
        ? List.of()
        : KmsScheme.of(key.keySpec(), key.keyUsage()).stream()
            .filter(partition::has)
            .toList();
  }
}
