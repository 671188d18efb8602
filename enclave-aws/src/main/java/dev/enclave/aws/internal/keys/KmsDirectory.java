package dev.enclave.aws.internal.keys;

import dev.enclave.KeyName;
import dev.enclave.aws.internal.calls.KmsCalls;
import dev.enclave.aws.internal.calls.KmsOperation;
import dev.enclave.aws.internal.calls.KmsRefusals;
import dev.enclave.aws.internal.model.KmsAliases;
import dev.enclave.aws.internal.model.KmsArns;
import dev.enclave.aws.internal.model.KmsKey;
import dev.enclave.aws.internal.model.KmsScheme;
import dev.enclave.aws.internal.model.KmsTags;
import dev.enclave.aws.internal.model.KmsVersionChain;
import dev.enclave.kit.key.ParallelReads;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.ListResourceTagsResponse;
import software.amazon.awssdk.services.kms.model.Tag;

/**
 * Where versions and the active one are recorded: {@code alias/enclave/NAME/3} is the third
 * version, {@code alias/enclave/NAME/active/2} the second one to become active; the first to become
 * active is the first version. An alias can be made only once, which decides every race: who makes
 * the next number wins.
 *
 * <p>Aliases vanish with the KMS key they name, so numbers may be missing. How far to look is told
 * by the tags of the versions that are left, and of the version that {@code alias/enclave/NAME}
 * names. Nothing is ever listed. Of a key of many versions most are read beside each other, as far
 * as that alias says there are any; what it says decides nothing.
 */
public final class KmsDirectory {

  /** How many of a key's first versions may be gone, with the hint, before the name is free. */
  private static final int GONE = 3;

  /** How long a new key may look as if it had no tags. */
  private static final Duration SETTLING = Duration.ofMinutes(5);

  /** From here on versions are read beside each other; few keys have so many. */
  private static final int MANY = 4;

  private final KmsCalls calls;
  private final ParallelReads parallel;

  public KmsDirectory(KmsCalls calls, ParallelReads parallel) {
    this.calls = calls;
    this.parallel = parallel;
  }

  /** The key as reads show it; empty if there is none. */
  public KmsVersionChain read(KeyName name, CallContext call) throws BackendFailure {
    NavigableMap<Integer, KmsKey> versions = versions(name, call);
    NavigableMap<Integer, String> activations = new TreeMap<>();
    if (versions.containsKey(1)) {
      activations.put(1, versions.get(1).id());
    }
    KmsVersionChain soFar = new KmsVersionChain(name, versions, activations);
    int highest = soFar.highestActivation();
    if (versions.size() < 2 && highest < 2) {
      return soFar;
    }
    activations.putAll(activations(name, highest, call));
    for (int k = highest + 1; ; k++) {
      Optional<String> id = activated(name, k, call);
      if (id.isEmpty()) {
        return new KmsVersionChain(name, versions, activations);
      }
      activations.put(k, id.get());
    }
  }

  /** Those from the second to {@code highest} that are there. */
  private NavigableMap<Integer, String> activations(KeyName name, int highest, CallContext call)
      throws BackendFailure {
    List<ParallelReads.Read<Optional<String>>> reads = new ArrayList<>();
    for (int k = 2; k <= highest; k++) {
      int number = k;
      reads.add(c -> activated(name, number, c));
    }
    List<Optional<String>> ids = parallel.all(reads, call);
    NavigableMap<Integer, String> activations = new TreeMap<>();
    for (int i = 0; i < ids.size(); i++) {
      int number = i + 2;
      ids.get(i).ifPresent(id -> activations.put(number, id));
    }
    return activations;
  }

  private Optional<String> activated(KeyName name, int number, CallContext call)
      throws BackendFailure {
    return describe(KmsAliases.activation(name, number), call).map(KeyMetadata::keyId);
  }

  private NavigableMap<Integer, KmsKey> versions(KeyName name, CallContext call)
      throws BackendFailure {
    NavigableMap<Integer, KmsKey> versions = new TreeMap<>();
    int highest = 1;
    boolean hintAsked = false;
    Map<Integer, Optional<KmsKey>> ahead = Map.of();
    for (int n = 1; ; n++) {
      if (n == MANY && highest >= MANY && !hintAsked) {
        hintAsked = true;
        highest = Math.max(highest, hinted(name, call));
      }
      if (!ahead.containsKey(n) && highest - n >= MANY - 2) {
        ahead = range(name, n, highest, call);
      }
      Optional<KmsKey> read = ahead.get(n);
      Optional<KmsKey> key =
          read != null ? read : versionAt(name, KmsAliases.version(name, n), call);
      if (key.isPresent()) {
        versions.put(n, key.get());
        highest = Math.max(highest, Math.max(n, key.get().tags().highestNumber()));
      } else if (n > highest) {
        return versions;
      } else if (!hintAsked) {
        hintAsked = true;
        int known =
            versionAt(name, KmsAliases.hint(name), call)
                .map(hinted -> hinted.tags().highestNumber())
                .orElse(versions.isEmpty() ? GONE : 0);
        highest = Math.max(highest, known);
      }
    }
  }

  /**
   * The highest number that the version behind the hint knows of; 0 if it names none of the key.
   */
  private int hinted(KeyName name, CallContext call) throws BackendFailure {
    Optional<KeyMetadata> hinted = describe(KmsAliases.hint(name), call);
    Optional<KmsTags> tags =
        hinted.isPresent() ? tags(hinted.get().keyId(), call) : Optional.empty();
    return tags.filter(t -> t.name().equals(Optional.of(name)))
        .map(KmsTags::highestNumber)
        .orElse(0);
  }

  private Map<Integer, Optional<KmsKey>> range(KeyName name, int from, int to, CallContext call)
      throws BackendFailure {
    List<ParallelReads.Read<Optional<KmsKey>>> reads = new ArrayList<>();
    for (int n = from; n <= to; n++) {
      String alias = KmsAliases.version(name, n);
      reads.add(c -> versionAt(name, alias, c));
    }
    List<Optional<KmsKey>> keys = parallel.all(reads, call);
    Map<Integer, Optional<KmsKey>> range = new HashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      range.put(from + i, keys.get(i));
    }
    return range;
  }

  private Optional<KmsKey> versionAt(KeyName name, String alias, CallContext call)
      throws BackendFailure {
    Optional<KeyMetadata> metadata = describe(alias, call);
    if (metadata.isEmpty()) {
      return Optional.empty();
    }
    KmsTags tags =
        tags(metadata.get().keyId(), call)
            .orElseThrow(() -> KmsRefusals.COMMON.notSeenYet("The key behind " + alias));
    KmsKey key = new KmsKey(metadata.get(), tags);
    if (!key.tags().name().equals(Optional.of(name)) || !isOfItsAlgorithm(key)) {
      throw key.createdAt().plus(SETTLING).isAfter(call.time().now())
          ? KmsRefusals.COMMON.notSeenYet("The tags of the key behind " + alias)
          : KmsRefusals.foreignAlias(alias, key.id(), name);
    }
    return Optional.of(key);
  }

  private static boolean isOfItsAlgorithm(KmsKey key) {
    return key.tags()
        .algorithm()
        .map(KmsScheme::of)
        .filter(scheme -> scheme.spec() == key.metadata().keySpec())
        .filter(scheme -> scheme.usage() == key.metadata().keyUsage())
        .isPresent();
  }

  /** What KMS says of a key id, an ARN or an alias; nothing if it knows none. */
  public Optional<KeyMetadata> describe(String keyId, CallContext call) throws BackendFailure {
    Optional<KeyMetadata> answer =
        calls
            .find(
                KmsOperation.DESCRIBE_KEY,
                keyId,
                call,
                (kms, limits) -> kms.describeKey(r -> r.keyId(keyId).overrideConfiguration(limits)))
            .map(described -> described.keyMetadata());
    if (answer.isPresent() && !KmsArns.agree(answer.get().arn(), answer.get().keyId())) {
      throw KmsRefusals.COMMON
          .wrongAnswer("what it says of " + keyId + " names no KMS key")
          .naming(keyId);
    }
    return answer;
  }

  /** The tags of a key, of all pages; nothing if KMS knows no such key. */
  public Optional<KmsTags> tags(String keyId, CallContext call) throws BackendFailure {
    List<Tag> tags = new ArrayList<>();
    Optional<String> from = Optional.empty();
    do {
      String marker = from.orElse(null);
      Optional<ListResourceTagsResponse> page =
          calls.find(
              KmsOperation.LIST_RESOURCE_TAGS,
              keyId,
              call,
              (kms, limits) ->
                  kms.listResourceTags(
                      r -> r.keyId(keyId).marker(marker).overrideConfiguration(limits)));
      if (page.isEmpty()) {
        return Optional.empty();
      }
      tags.addAll(page.get().tags());
      from =
          Boolean.TRUE.equals(page.get().truncated())
              ? Optional.of(page.get().nextMarker())
              : Optional.empty();
    } while (from.isPresent());
    return Optional.of(KmsTags.parse(tags));
  }

  /** Makes {@code key} the version of this number; false if there is or was one already. */
  public boolean enter(KeyName name, int number, KmsKey key, CallContext call)
      throws BackendFailure {
    return claim(KmsAliases.version(name, number), key, call);
  }

  /** The version of this number, which is known to exist. */
  public KmsKey readBack(KeyName name, int number, CallContext call) throws BackendFailure {
    String alias = KmsAliases.version(name, number);
    return versionAt(name, alias, call).orElseThrow(() -> KmsRefusals.COMMON.notSeenYet(alias));
  }

  /**
   * Makes {@code key} the active version in place of the chain's head.
   *
   * @param disables whether that one is to be DISABLED
   * @return when it became that; none if another one became active meanwhile
   */
  public Optional<KmsTags.Activated> succeed(
      KmsVersionChain chain, KmsKey key, boolean disables, CallContext call) throws BackendFailure {
    Optional<KmsKey> head = chain.head();
    // Everybody who sees this head tries for the same number; tags alone would not be so sure.
    int activation = head.map(chain::activationOf).orElseGet(chain::highestActivation) + 1;
    String alias = KmsAliases.activation(chain.name(), activation);
    KmsTags.Activation meant = new KmsTags.Activation(activation, disables);
    KmsTags.Activation before = key.tags().activation();
    if (before.number() <= activation && !before.equals(meant)) {
      tag(key, KmsTags.ACTIVATION, meant.value(), call);
    }
    // KMS takes no tags for a key that waits for its deletion.
    Optional<KmsKey> replaced = head.filter(h -> !h.doomed());
    // As the tag tells it.
    Instant at = call.time().now().truncatedTo(ChronoUnit.MILLIS);
    if (replaced.isPresent()) {
      // Before the claim, so that who is replaced says so even if nobody gets any further.
      KmsTags.Replacement intention =
          new KmsTags.Replacement(activation, chain.numberOf(key), key.id(), at);
      tag(replaced.get(), KmsTags.REPLACEMENT, intention.value(), call);
    }
    boolean won = claim(alias, key, call) || isAt(alias, key, call);
    if (!won) {
      noteReplaced(replaced, activation, call);
      return Optional.empty();
    }
    return BackendFailure.afterChange(
        "Version " + key.version() + " of key " + chain.name() + " is active.",
        () -> {
          noteReplaced(replaced, activation, call);
          return Optional.of(new KmsTags.Activated(activation, at));
        });
  }

  private void noteReplaced(Optional<KmsKey> replaced, int activation, CallContext call)
      throws BackendFailure {
    if (replaced.isPresent()) {
      confirmReplaced(replaced.get(), activation, call);
    }
  }

  private boolean isAt(String alias, KmsKey key, CallContext call) throws BackendFailure {
    return describe(alias, call)
        .orElseThrow(() -> KmsRefusals.COMMON.notSeenYet(alias))
        .keyId()
        .equals(key.id());
  }

  private boolean claim(String alias, KmsKey key, CallContext call) throws BackendFailure {
    return calls.claim(
        KmsOperation.CREATE_ALIAS,
        alias,
        key.id(),
        call,
        (kms, limits) ->
            kms.createAlias(
                r -> r.aliasName(alias).targetKeyId(key.id()).overrideConfiguration(limits)));
  }

  /** Notes on a version that an activation replaced it. */
  public void confirmReplaced(KmsKey replaced, int activation, CallContext call)
      throws BackendFailure {
    tag(replaced, KmsTags.RETIRED, Integer.toString(activation), call);
  }

  public void tag(KmsKey key, String tag, String value, CallContext call) throws BackendFailure {
    calls.send(
        KmsOperation.TAG_RESOURCE,
        key.arn(),
        call,
        (kms, limits) ->
            kms.tagResource(
                r ->
                    r.keyId(key.id()).tags(KmsTags.tag(tag, value)).overrideConfiguration(limits)));
  }

  /** Notes an interval on a version, unless it has it. */
  public void tell(KmsKey key, KmsTags.Rotation rotation, CallContext call) throws BackendFailure {
    if (!key.tags().rotation().equals(rotation)) {
      tag(key, KmsTags.ROTATION, rotation.value(), call);
    }
  }

  public void untag(KmsKey key, CallContext call, String... tags) throws BackendFailure {
    calls.send(
        KmsOperation.UNTAG_RESOURCE,
        key.arn(),
        call,
        (kms, limits) ->
            kms.untagResource(r -> r.keyId(key.id()).tagKeys(tags).overrideConfiguration(limits)));
  }

  /**
   * Lets the hint name this version, unless somebody let it name a KMS key that is none of the
   * chain's: then it is left.
   *
   * @return the KMS key that somebody let it name
   */
  Optional<String> hint(KmsVersionChain chain, KmsKey key, CallContext call) throws BackendFailure {
    String alias = KmsAliases.hint(chain.name());
    Optional<KeyMetadata> before = describe(alias, call);
    if (before.isEmpty() && claim(alias, key, call)) {
      return Optional.empty();
    }
    if (before.isPresent() && !isOurs(before.get().keyId(), chain, call)) {
      return before.map(KeyMetadata::arn);
    }
    calls.find(
        KmsOperation.UPDATE_ALIAS,
        alias,
        call,
        (kms, limits) ->
            kms.updateAlias(
                r -> r.aliasName(alias).targetKeyId(key.id()).overrideConfiguration(limits)));
    return Optional.empty();
  }

  /** Reads may be behind: a version that another process made says so itself. */
  private boolean isOurs(String keyId, KmsVersionChain chain, CallContext call)
      throws BackendFailure {
    return chain.version(keyId).isPresent()
        || tags(keyId, call).flatMap(KmsTags::name).equals(Optional.of(chain.name()));
  }
}
