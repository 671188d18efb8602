package dev.enclave.aws.internal;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.OrphanCollector.Orphan;
import dev.enclave.spi.OrphanCollector.Page;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.kms.model.KeyListEntry;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.ListAliasesResponse;
import software.amazon.awssdk.services.kms.model.ListKeysResponse;

/**
 * KMS keys that carry Enclave's tags and none of its aliases: a creation was cut short between the
 * two, or lost its race and died. KMS finds no key by a tag, so all keys are gone through; this is
 * the only place that does.
 */
final class KmsOrphans {

  /** So that a page, with a request or two for each key, ends in seconds. */
  private static final int PAGE = 100;

  /** Longer than any creation may take, clocks that differ included. */
  static final Duration UNDER_WAY = Duration.ofMinutes(15);

  private final KmsKeys keys;

  KmsOrphans(KmsKeys keys) {
    this.keys = keys;
  }

  Page page(Optional<String> from, CallContext call) throws BackendFailure {
    ListKeysResponse page =
        keys.calls()
            .send(
                KmsOperation.LIST_KEYS,
                "this account and region",
                call,
                (kms, limits) ->
                    kms.listKeys(
                        r ->
                            r.limit(PAGE).marker(from.orElse(null)).overrideConfiguration(limits)));
    List<Orphan> orphans = new ArrayList<>();
    for (KeyListEntry entry : page.keys()) {
      if (!KmsArns.isKeyId(entry.keyId())) {
        throw KmsRefusals.COMMON.wrongAnswer("what it listed is no key id");
      }
      orphan(entry.keyId(), call).ifPresent(orphans::add);
    }
    return new Page(
        orphans,
        Boolean.TRUE.equals(page.truncated()) ? Optional.of(page.nextMarker()) : Optional.empty());
  }

  boolean discard(Orphan orphan, CallContext call) throws BackendFailure {
    Optional<String> keyId = KmsArns.keyId(orphan.providerUri());
    if (keyId.isEmpty()) {
      throw KmsRefusals.notAnAwsKey();
    }
    Optional<KmsKey> key = read(keyId.get(), call);
    if (key.isEmpty() || key.get().doomed()) {
      return true;
    }
    if (orphan(keyId.get(), call).isEmpty()) {
      return false;
    }
    keys.scheduleDeletion(key.get(), KmsKeys.ORPHAN_DAYS, call);
    return true;
  }

  private Optional<Orphan> orphan(String keyId, CallContext call) throws BackendFailure {
    Optional<KmsTags> tags = keys.directory().tags(keyId, call);
    if (tags.isEmpty() || tags.get().name().isEmpty() || tags.get().operationId().isEmpty()) {
      return Optional.empty();
    }
    if (hasAlias(keyId, call)) {
      if (tags.get().restoring().isPresent()) {
        noteRestoring(keyId, tags.get(), call);
      }
      return Optional.empty();
    }
    return read(keyId, call)
        .filter(key -> !key.doomed())
        .filter(key -> key.createdAt().plus(UNDER_WAY).isBefore(call.time().now()))
        .map(key -> new Orphan(key.arn(), tags.get().name().get(), key.createdAt()));
  }

  /** No orphan, but not all of its key is there. */
  private void noteRestoring(String keyId, KmsTags tags, CallContext call) throws BackendFailure {
    Optional<KeyMetadata> metadata = keys.directory().describe(keyId, call);
    if (metadata.isPresent()) {
      keys.snapshots()
          .noteRestoring(tags.name().orElseThrow(), new KmsKey(metadata.get(), tags), call);
    }
  }

  private Optional<KmsKey> read(String keyId, CallContext call) throws BackendFailure {
    Optional<KeyMetadata> metadata = keys.directory().describe(keyId, call);
    return metadata.map(m -> new KmsKey(m, KmsTags.NONE));
  }

  /** Whether any alias is there, also one that somebody gave the key to keep it. */
  private boolean hasAlias(String keyId, CallContext call) throws BackendFailure {
    Optional<ListAliasesResponse> answer =
        keys.calls()
            .find(
                KmsOperation.LIST_ALIASES,
                keyId,
                call,
                (kms, limits) ->
                    kms.listAliases(r -> r.keyId(keyId).overrideConfiguration(limits)));
    return answer
        .filter(page -> page.aliases().stream().anyMatch(a -> keyId.equals(a.targetKeyId())))
        .isPresent();
  }
}
