package dev.enclave.aws.internal.versions;

import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.aws.internal.calls.KmsOperation;
import dev.enclave.aws.internal.calls.KmsRefusals;
import dev.enclave.aws.internal.keys.KmsKeys;
import dev.enclave.aws.internal.model.KmsAliases;
import dev.enclave.aws.internal.model.KmsArns;
import dev.enclave.aws.internal.model.KmsKey;
import dev.enclave.aws.internal.model.KmsTags;
import dev.enclave.aws.internal.model.KmsVersionChain;
import dev.enclave.kit.key.LeftOver;
import dev.enclave.kit.key.Settling;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.OrphanCollector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.kms.model.AliasListEntry;
import software.amazon.awssdk.services.kms.model.KeyListEntry;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.ListAliasesResponse;
import software.amazon.awssdk.services.kms.model.ListKeysResponse;

/**
 * KMS keys that carry Enclave's tags and none of its aliases: a creation was cut short between the
 * two, or lost its race and died. And those that are a version which a rotation prepared and never
 * activated; one that is disabled, or has somebody else's alias, is kept: somebody has looked at
 * it. KMS finds no key by a tag, so all keys are gone through; this is the only place that does.
 */
public final class KmsOrphans implements OrphanCollector {

  /** So that a page, with a request or two for each key, ends in seconds. */
  private static final int PAGE = 100;

  /** How long what another process just wrote may stay unseen. */
  private static final Duration SETTLING = Duration.ofSeconds(5);

  private final KmsKeys keys;
  private final KmsStateChanger states;

  public KmsOrphans(KmsKeys keys, KmsStateChanger states) {
    this.keys = keys;
    this.states = states;
  }

  /**
   * One of them.
   *
   * @param key the KMS key
   * @param name the key it was to be a version of
   * @param chain that key, if it is a version that was never activated
   */
  private record Found(KmsKey key, KeyName name, Optional<KmsVersionChain> chain) {

    Orphan orphan() {
      return Orphan.of(key.arn(), name, key.createdAt());
    }
  }

  @Override
  public Page orphans(Optional<String> from, CallContext call) throws BackendFailure {
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
    int passedOver = 0;
    for (KeyListEntry entry : page.keys()) {
      if (!KmsArns.isKeyId(entry.keyId())) {
        throw KmsRefusals.COMMON.wrongAnswer("what it listed is no key id");
      }
      Optional<KmsTags> tags = tagsUnlessDenied(entry.keyId(), call);
      if (tags.isEmpty()) {
        passedOver++;
      } else {
        find(entry.keyId(), tags.get(), call).map(Found::orphan).ifPresent(orphans::add);
      }
    }
    keys.snapshots().notePassedOver(passedOver, from.isEmpty());
    return Page.of(
        orphans,
        Boolean.TRUE.equals(page.truncated()) ? Optional.of(page.nextMarker()) : Optional.empty());
  }

  @Override
  public boolean discard(Orphan orphan, CallContext call) throws BackendFailure {
    Optional<String> keyId = KmsArns.keyId(orphan.providerUri());
    if (keyId.isEmpty()) {
      throw KmsRefusals.notAKey();
    }
    Optional<KmsKey> key = read(keyId.get(), call);
    if (key.isEmpty() || key.get().doomed()) {
      return true;
    }
    Optional<KmsTags> tags = keys.directory().tags(keyId.get(), call);
    Optional<Found> still = tags.isEmpty() ? Optional.empty() : find(keyId.get(), tags.get(), call);
    if (still.isEmpty()) {
      return false;
    }
    if (still.get().chain().isPresent()) {
      return discardPrepared(still.get().name(), still.get().key(), call);
    }
    keys.scheduleDeletion(key.get(), KmsKeys.ORPHAN_DAYS, call);
    return true;
  }

  private boolean discardPrepared(KeyName name, KmsKey prepared, CallContext call)
      throws BackendFailure {
    return LeftOver.discard(
        name,
        prepared.id(),
        () -> states.disable(prepared, call),
        () -> {
          Settling.await(SETTLING, "see whether it was activated meanwhile", call);
          KmsVersionChain chain = keys.directory().read(name, call);
          return chain
              .version(prepared.id())
              .filter(now -> !now.doomed())
              .map(
                  now ->
                      new LeftOver.Seen(
                          chain.activationOf(now) > 0 || isBeingActivated(chain, now, call),
                          () -> states.enable(now, call),
                          () -> states.giveUp(chain, now, call)));
        });
  }

  /** A rotation notes its intention at the version that it replaces, before it claims. */
  private static boolean isBeingActivated(KmsVersionChain chain, KmsKey key, CallContext call) {
    return chain.versions().values().stream()
        .flatMap(other -> other.tags().replacement().stream())
        .anyMatch(by -> by.keyId().equals(key.id()) && !LeftOver.isOld(by.at(), call));
  }

  /** AWS's own keys are in every list, and a policy may show those of one environment alone. */
  private Optional<KmsTags> tagsUnlessDenied(String keyId, CallContext call) throws BackendFailure {
    try {
      return Optional.of(keys.directory().tags(keyId, call).orElse(KmsTags.NONE));
    } catch (BackendFailure e) {
      if (e.code() == FailureCode.ACCESS_DENIED) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private Optional<Found> find(String keyId, KmsTags tags, CallContext call) throws BackendFailure {
    if (tags.name().isEmpty() || tags.operationId().isEmpty()) {
      return Optional.empty();
    }
    KeyName name = tags.name().get();
    List<String> aliases = aliases(keyId, call);
    if (aliases.isEmpty()) {
      return read(keyId, call)
          .filter(key -> !key.doomed() && LeftOver.isOld(key.createdAt(), call))
          .map(key -> new Found(key, name, Optional.empty()));
    }
    if (tags.restoring().isPresent()) {
      noteRestoring(keyId, tags, call);
    }
    boolean maybePrepared =
        tags.number() > 1
            && tags.retired().isEmpty()
            && tags.replacement().isEmpty()
            && aliases.stream()
                .allMatch(alias -> KmsAliases.keyOf(alias).filter(name::equals).isPresent());
    return maybePrepared ? prepared(name, keyId, call) : Optional.empty();
  }

  /** A version that was never active, if it is one that a rotation made. */
  private Optional<Found> prepared(KeyName name, String keyId, CallContext call)
      throws BackendFailure {
    KmsVersionChain chain;
    try {
      chain = keys.directory().read(name, call);
    } catch (BackendFailure e) {
      if (e.failureClass() == FailureClass.PERMANENT && e.code() == FailureCode.CORRUPT) {
        // Of a key that is damaged nothing is certain; the others are looked at.
        return Optional.empty();
      }
      throw e;
    }
    return chain
        .version(keyId)
        .filter(key -> chain.state(key, call.time().now()) == KeyState.PENDING)
        .filter(key -> key.origin() == KeyOrigin.GENERATED && LeftOver.isOld(key.createdAt(), call))
        .filter(key -> !isBeingActivated(chain, key, call))
        .map(key -> new Found(key, name, Optional.of(chain)));
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

  /** All aliases, also those that somebody gave the key to keep it. */
  private List<String> aliases(String keyId, CallContext call) throws BackendFailure {
    Optional<ListAliasesResponse> answer =
        keys.calls()
            .find(
                KmsOperation.LIST_ALIASES,
                keyId,
                call,
                (kms, limits) ->
                    kms.listAliases(r -> r.keyId(keyId).overrideConfiguration(limits)));
    return answer.stream()
        .flatMap(page -> page.aliases().stream())
        .filter(alias -> keyId.equals(alias.targetKeyId()))
        .map(AliasListEntry::aliasName)
        .toList();
  }
}
