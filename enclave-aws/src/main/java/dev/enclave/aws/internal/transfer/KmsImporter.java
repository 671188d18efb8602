package dev.enclave.aws.internal.transfer;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.aws.internal.calls.KmsRefusals;
import dev.enclave.aws.internal.keys.KmsKeys;
import dev.enclave.aws.internal.model.KmsKey;
import dev.enclave.aws.internal.model.KmsScheme;
import dev.enclave.aws.internal.model.KmsTags;
import dev.enclave.aws.internal.model.KmsVersionChain;
import dev.enclave.kit.key.Backups;
import dev.enclave.kit.key.BoundedMap;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.KeyImporter;
import dev.enclave.spi.backend.RestoreRequest;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Takes signing keys in. Every version is brought into a KMS key of its own and compared with its
 * public key before any alias names it; then whoever makes the first version's alias has restored
 * the key, as in {@code KmsCreator}. The active version becomes the head last, by the rule of every
 * rotation, so that a key whose restoration was cut short after the claim signs nothing.
 *
 * <p>Until all is done the first version says so. Whoever restores the same versions then goes on
 * with what is there, whichever operation began it: what one of them entered, the other would have.
 */
public final class KmsImporter implements KeyImporter {

  private final KmsKeys keys;
  private final KmsImports imports;
  private final ImportSupport support;

  /**
   * What failed after it was made, by operation: a new key may get its alias only seconds later.
   */
  private final Map<String, KmsKey> unfinished = BoundedMap.of(1_000);

  public KmsImporter(KmsKeys keys, KmsImports imports, ImportSupport support) {
    this.keys = keys;
    this.imports = imports;
    this.support = support;
  }

  @Override
  public ImportSupport importSupport() {
    return support;
  }

  @Override
  public KeySnapshot restore(RestoreRequest request, CallContext call) throws BackendFailure {
    KmsRestoration restoration = importable(request);
    KmsVersionChain before = keys.directory().read(request.name(), call);
    if (!isOwn(request, before)) {
      requireSame(request, restoration, before, call);
    } else if (restoration.complete(before) && !restoration.began(before)) {
      discardUnused(request, restoration, before, call);
      return keys.snapshots().of(before, call);
    }
    KmsVersionChain chain = prepared(request, restoration, before, call);
    try {
      KmsVersionChain entered = entered(request, restoration, before, chain, call);
      return BackendFailure.afterChange(
          begun(request.name()), () -> completed(request, restoration, entered, call));
    } catch (BackendFailure e) {
      throw KmsRefusals.COMMON.unlessNew(e);
    }
  }

  private static String begun(KeyName name) {
    return "Key " + name + " has begun to be restored.";
  }

  private KeySnapshot completed(
      RestoreRequest request, KmsRestoration restoration, KmsVersionChain entered, CallContext call)
      throws BackendFailure {
    try {
      KmsVersionChain chain = finished(activated(entered, restoration, call), restoration, call);
      discardUnused(request, restoration, chain, call);
      return keys.snapshots().of(chain, call);
    } catch (BackendFailure e) {
      throw KmsRefusals.COMMON.unlessNew(e);
    }
  }

  private KmsRestoration importable(RestoreRequest request) throws BackendFailure {
    List<Version> versions =
        Backups.versions(
            request,
            support,
            algorithm ->
                KmsRefusals.COMMON.notImported(
                    algorithm,
                    "in the China Regions it knows no wrapping that is long enough for a private"
                        + " key of RSA. Create a key here and rotate to it."));
    Backups.requireBegun(request, versions);
    return new KmsRestoration(versions);
  }

  private static boolean isOwn(RestoreRequest request, KmsVersionChain chain) {
    return chain.isEmpty()
        || Optional.ofNullable(chain.versions().get(1))
            .filter(first -> first.tags().operationId().equals(request.operationId()))
            .isPresent();
  }

  /** What another operation left has to be what this one would make. */
  private void requireSame(
      RestoreRequest request, KmsRestoration restoration, KmsVersionChain before, CallContext call)
      throws BackendFailure {
    boolean same = restoration.began(before) && !restoration.outgrown(before);
    for (int n : before.versions().keySet()) {
      same = same && restoration.has(n, before) && matches(request, restoration, n, before, call);
    }
    if (!same) {
      throw KmsRefusals.COMMON.alreadyExists(request.name());
    }
  }

  private boolean matches(
      RestoreRequest request,
      KmsRestoration restoration,
      int number,
      KmsVersionChain chain,
      CallContext call)
      throws BackendFailure {
    return imports.match(
        restoration.version(number), chain.at(number), request.key().algorithm(), call);
  }

  /** KMS keys with the material of every version, of which nothing names the new ones yet. */
  private KmsVersionChain prepared(
      RestoreRequest request, KmsRestoration restoration, KmsVersionChain before, CallContext call)
      throws BackendFailure {
    NavigableMap<Integer, KmsKey> made = new TreeMap<>(before.versions());
    for (int n = 1; n <= restoration.size(); n++) {
      if (!made.containsKey(n)) {
        made.put(n, prepared(request, restoration, n, Optional.ofNullable(made.get(1)), call));
      }
    }
    NavigableMap<Integer, String> activations = new TreeMap<>(before.activations());
    activations.put(1, Objects.requireNonNull(made.get(1)).id());
    return new KmsVersionChain(request.name(), made, activations);
  }

  private KmsKey prepared(
      RestoreRequest request,
      KmsRestoration restoration,
      int number,
      Optional<KmsKey> first,
      CallContext call)
      throws BackendFailure {
    Version version = restoration.version(number);
    String unit = unit(request, number);
    Optional<KmsKey> earlier = Optional.ofNullable(unfinished.remove(unit));
    KmsKey key =
        earlier.isPresent()
            ? earlier.get()
            : keys.makeEmpty(
                tags(request, restoration, number, first),
                KmsScheme.of(request.key().algorithm()),
                call);
    boolean match;
    try {
      key = imports.bring(version, key, call);
      match = imports.match(version, key, request.key().algorithm(), call);
      key = match ? imports.inState(version, key, call) : key;
    } catch (BackendFailure e) {
      throw KmsRefusals.COMMON.unlessNew(e);
    } finally {
      unfinished.put(unit, key);
    }
    if (!match) {
      giveUp(request, 1, number, call);
      throw KmsRefusals.COMMON.notItsPublicKey(
          version.id(), "The KMS keys made for it wait for their deletion.");
    }
    return key;
  }

  private static String unit(RestoreRequest request, int number) {
    return request.operationId() + "/" + number;
  }

  private static KmsTags tags(
      RestoreRequest request, KmsRestoration restoration, int number, Optional<KmsKey> first) {
    Version version = restoration.version(number);
    KmsTags tags =
        KmsTags.first(
            request.name(),
            request.key().algorithm(),
            request.key().rotation(),
            request.stamp(),
            request.operationId());
    if (first.isPresent()) {
      int activation = version.state() == KeyState.ACTIVE ? KmsRestoration.SECOND : 0;
      tags =
          tags.next(
              number,
              new KmsTags.Activation(activation, false),
              request.operationId(),
              new KmsTags.First(first.get().id(), first.get().createdAt()),
              tags.rotation());
    } else {
      tags = tags.restoring(restoration.mark());
    }
    return version.state() == KeyState.ACTIVE || version.state() == KeyState.PENDING
        ? tags
        : tags.retiredByItself();
  }

  /** Those of this operation that no alias names. */
  private void giveUp(RestoreRequest request, int from, int upTo, CallContext call) {
    for (int n = from; n <= upTo; n++) {
      Optional.ofNullable(unfinished.remove(unit(request, n)))
          .ifPresent(key -> keys.discard(key, call));
    }
  }

  /** What this operation made before somebody else was faster; what is in use is forgotten. */
  private void discardUnused(
      RestoreRequest request, KmsRestoration restoration, KmsVersionChain chain, CallContext call) {
    for (int n = 1; n <= restoration.size(); n++) {
      Optional.ofNullable(unfinished.remove(unit(request, n)))
          .filter(key -> chain.version(key.id()).isEmpty())
          .ifPresent(key -> keys.discard(key, call));
    }
  }

  private KmsVersionChain entered(
      RestoreRequest request,
      KmsRestoration restoration,
      KmsVersionChain before,
      KmsVersionChain chain,
      CallContext call)
      throws BackendFailure {
    KeyName name = request.name();
    KeyAlgorithm algorithm = request.key().algorithm();
    NavigableMap<Integer, KmsKey> entered = new TreeMap<>(chain.versions());
    for (int n : chain.versions().keySet()) {
      KmsKey key = chain.at(n);
      if (before.versions().containsKey(n) || keys.directory().enter(name, n, key, call)) {
        continue;
      }
      KmsKey there = keys.directory().readBack(name, n, call);
      if (there.id().equals(key.id())) {
        continue;
      }
      if (n == 1 || !imports.match(restoration.version(n), there, algorithm, call)) {
        giveUp(request, n, chain.versions().lastKey(), call);
        throw KmsRefusals.COMMON.alreadyExists(name);
      }
      // Somebody finishes the same restoration at this moment.
      giveUp(request, n, n, call);
      entered.put(n, there);
    }
    return new KmsVersionChain(name, entered, chain.activations());
  }

  private KmsVersionChain activated(
      KmsVersionChain chain, KmsRestoration restoration, CallContext call) throws BackendFailure {
    int active = restoration.active();
    if (active <= 1 || chain.activations().containsKey(KmsRestoration.SECOND)) {
      return chain;
    }
    KmsKey head = chain.at(active);
    if (keys.directory().succeed(chain, head, false, call).isEmpty()) {
      throw KmsRefusals.COMMON.otherActive(chain.name(), head.version());
    }
    NavigableMap<Integer, String> activations = new TreeMap<>(chain.activations());
    activations.put(KmsRestoration.SECOND, head.id());
    return new KmsVersionChain(chain.name(), chain.versions(), activations);
  }

  private KmsVersionChain finished(
      KmsVersionChain chain, KmsRestoration restoration, CallContext call) throws BackendFailure {
    if (restoration.mark().isEmpty()) {
      return chain;
    }
    keys.hint(chain, chain.at(Math.max(restoration.active(), 1)), call);
    KmsKey first = chain.at(1);
    keys.directory().untag(first, call, KmsTags.RESTORING);
    NavigableMap<Integer, KmsKey> versions = new TreeMap<>(chain.versions());
    versions.put(1, new KmsKey(first.metadata(), first.tags().restoring(Optional.empty())));
    return new KmsVersionChain(chain.name(), versions, chain.activations());
  }
}
