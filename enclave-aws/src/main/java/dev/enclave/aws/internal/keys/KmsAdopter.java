package dev.enclave.aws.internal.keys;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.aws.internal.calls.AwsSession;
import dev.enclave.aws.internal.calls.KmsArns;
import dev.enclave.aws.internal.calls.KmsCalls;
import dev.enclave.internal.StatementText;
import dev.enclave.kit.key.AdoptedName;
import dev.enclave.kit.key.RefusedStamps;
import dev.enclave.kit.key.StoredText;
import dev.enclave.kit.ledger.VersionLedger;
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
import software.amazon.awssdk.services.kms.model.KeyManagerType;
import software.amazon.awssdk.services.kms.model.KeyMetadata;

/**
 * Uses KMS keys that something else made, with the rights to describe them, to read their public
 * key and to sign. Tags are read where that is allowed, for a stamp.
 */
public final class KmsAdopter implements KeyAdopter {

  private static final Pattern NAME =
      Pattern.compile(
          "(?:arn:[a-z0-9-]{1,32}:kms:([a-z0-9-]{1,32}):[0-9]{12}:)?(?:(?:key/)?"
              + KmsArns.ID
              + "|alias/[A-Za-z0-9/_-]{1,250})");

  private final KmsKeys keys;
  private final VersionLedger ledger;
  private final AwsSession session;
  private final RefusedStamps refusals;

  public KmsAdopter(
      KmsKeys keys, VersionLedger ledger, AwsSession session, RefusedStamps refusals) {
    this.keys = keys;
    this.ledger = ledger;
    this.session = session;
    this.refusals = refusals;
  }

  @Override
  public KeySnapshot adopt(KeyName name, String providerUri, CallContext call)
      throws BackendFailure {
    AdoptedName adopted = AdoptedName.parse(providerUri).orElseThrow(KmsKeys::notAKey);
    Matcher matcher = NAME.matcher(adopted.uri());
    if (!matcher.matches()) {
      throw KmsKeys.notAKey();
    }
    String region = matcher.group(1);
    if (region != null && !region.equals(session.region())) {
      throw BackendFailure.permanent(
          FailureCode.UNSUPPORTED,
          "The key is in region %s and this backend works in %s. Set enclave.aws-kms.region, or use"
              .concat(" a key of this region.")
              .formatted(region, session.region()));
    }
    KeyMetadata key =
        keys.describe(adopted.uri().replaceFirst("^key/", ""), call)
            .orElseThrow(() -> KmsCalls.REFUSALS.noForeignKey("account and region"));
    Told told = told(key.arn(), call);
    // An id or an ARN does not show it, as the names of other clouds' keys do.
    if (Optional.ofNullable(told.tags().get(KmsTags.NAME))
        .flatMap(StoredText::name)
        .filter(own -> StatementText.namesKey(own.value()))
        .isPresent()) {
      throw BackendFailure.permanent(
          FailureCode.UNSUPPORTED,
          "The KMS key signs what Enclave itself states and nothing else.",
          "Name another key.");
    }
    KeyAlgorithm algorithm =
        adopted.algorithm(
            choices(key),
            KmsKeys.algorithm(told.tags()),
            key.keySpecAsString() + " " + key.keyUsageAsString());
    KeySnapshot read =
        ledger.adopted(name, algorithm, KmsKeys.of(key, told.tags()), told.stamp(), call);
    if (read.active().isPresent()) {
      keys.findings().note(key);
    }
    return read;
  }

  /** A key's tags, as far as KMS tells them, and its stamp. */
  private record Told(Map<String, String> tags, StampReading stamp) {}

  private Told told(String arn, CallContext call) throws BackendFailure {
    Optional<StampReading> refused = refusals.recent(arn);
    if (refused.isPresent()) {
      return new Told(Map.of(), refused.get());
    }
    Optional<Map<String, String>> tags;
    try {
      tags = keys.tags(arn, call);
    } catch (BackendFailure e) {
      if (e.code() != FailureCode.ACCESS_DENIED && e.code() != FailureCode.REJECTED) {
        throw e;
      }
      return untold(
          arn,
          e.code() == FailureCode.REJECTED
              ? "AWS KMS rejects kms:ListResourceTags"
              : "kms:ListResourceTags is denied");
    }
    if (tags.isEmpty()) {
      return untold(arn, "AWS KMS finds no tags of the key");
    }
    String stamp = tags.get().get(KmsTags.STAMP);
    return new Told(
        tags.get(), StoredText.stamp("tag " + KmsTags.STAMP, stamp, EnvironmentType::name));
  }

  /** "Cross-account use: No", says the AWS KMS API Reference of ListResourceTags. */
  private Told untold(String arn, String reason) {
    String here = session.account();
    Optional<String> other = KmsArns.account(arn).filter(owner -> !owner.equals(here));
    String whose = ", and the key is in account %s, whose tags AWS KMS tells no other account";
    return new Told(
        Map.of(),
        refusals.note(
            arn,
            reason + other.map(whose::formatted).orElse(""),
            other.isPresent()
                ? "Use a key of account " + here
                : "Allow kms:ListResourceTags on the key"));
  }

  /** What of AWS's own makes, nobody else can use. */
  private List<KeyAlgorithm> choices(KeyMetadata key) {
    return key.keyManager() == KeyManagerType.AWS
        ? List.of()
        : KmsScheme.of(key.keySpec(), key.keyUsage()).stream()
            .filter(KmsScheme.offered(session)::contains)
            .toList();
  }
}
