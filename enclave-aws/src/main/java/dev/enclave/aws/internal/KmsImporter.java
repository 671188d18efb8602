package dev.enclave.aws.internal;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.KeyImporter.ImportSupport;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.RestoreRequest;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Takes signing keys in. Every version is brought into a KMS key of its own and compared with its
 * public key before any alias names it; then whoever makes the first version's alias has restored
 * the key, as in {@link KmsCreator}. The active version becomes the head last, by the rule of every
 * rotation, so that a key whose restoration was cut short after the claim signs nothing.
 */
final class KmsImporter {

  /** The activation after the first version's, which an alias needs none for. */
  private static final int SECOND = 2;

  private final KmsKeys keys;
  private final KmsMaterials materials;
  private final ImportSupport support;
  private final KmsUnfinished unfinished = new KmsUnfinished();

  KmsImporter(KmsKeys keys, KmsMaterials materials, ImportSupport support) {
    this.keys = keys;
    this.materials = materials;
    this.support = support;
  }

  KeySnapshot restore(RestoreRequest request, CallContext call) throws BackendFailure {
    List<Version> versions = importable(request);
    long began = keys.readings().now();
    KmsChain before = keys.directory().read(request.name(), call);
    requireOwn(request, before);
    if (complete(before, versions)) {
      return keys.snapshots().of(before, began, call);
    }
    KmsChain chain = prepared(request, versions, before, call);
    try {
      enter(request, before, chain, call);
      KmsChain done = activated(chain, versions, call);
      forget(request, versions);
      return keys.snapshots().of(done, keys.readings().now(), call);
    } catch (BackendFailure e) {
      throw KmsRefusals.COMMON.unlessNew(e);
    }
  }

  private List<Version> importable(RestoreRequest request) throws BackendFailure {
    if (!support.algorithms().contains(request.key().algorithm())) {
      throw KmsRefusals.notImported(request.key().algorithm());
    }
    List<Version> versions =
        request.key().versions().stream().filter(v -> v.material().isPresent()).toList();
    if (versions.isEmpty() || versions.get(0).state() == KeyState.PENDING) {
      throw KmsRefusals.neverActive(request.key().name());
    }
    return versions;
  }

  private static void requireOwn(RestoreRequest request, KmsChain chain) throws BackendFailure {
    boolean own =
        chain.isEmpty()
            || Optional.ofNullable(chain.versions().get(1))
                .filter(first -> first.tags().operationId().equals(request.operationId()))
                .isPresent();
    if (!own) {
      throw KmsRefusals.COMMON.alreadyExists(request.name());
    }
  }

  private static boolean complete(KmsChain chain, List<Version> versions) {
    return chain.versions().size() >= versions.size()
        && (active(versions) <= 1 || chain.activations().containsKey(SECOND));
  }

  /** The number that the active version gets; 0 if there is none. */
  private static int active(List<Version> versions) {
    for (int n = 1; n <= versions.size(); n++) {
      if (versions.get(n - 1).state() == KeyState.ACTIVE) {
        return n;
      }
    }
    return 0;
  }

  /** KMS keys with the material of every version, which nothing names yet. */
  private KmsChain prepared(
      RestoreRequest request, List<Version> versions, KmsChain before, CallContext call)
      throws BackendFailure {
    NavigableMap<Integer, KmsKey> made = new TreeMap<>(before.versions());
    for (int n = 1; n <= versions.size(); n++) {
      if (!made.containsKey(n)) {
        made.put(n, prepared(request, versions, n, Optional.ofNullable(made.get(1)), call));
      }
    }
    NavigableMap<Integer, String> activations = new TreeMap<>(before.activations());
    activations.put(1, Objects.requireNonNull(made.get(1)).id());
    return new KmsChain(request.name(), made, activations);
  }

  private KmsKey prepared(
      RestoreRequest request,
      List<Version> versions,
      int number,
      Optional<KmsKey> first,
      CallContext call)
      throws BackendFailure {
    Version version = versions.get(number - 1);
    String unit = unit(request, number);
    Optional<KmsKey> earlier = unfinished.take(unit);
    KmsKey key =
        earlier.isPresent()
            ? earlier.get()
            : keys.makeEmpty(
                tags(request, version, number, first),
                KmsScheme.of(request.key().algorithm()),
                call);
    boolean match;
    try {
      key = materials.bring(version, key, call);
      match = materials.match(version, key, request.key().algorithm(), call);
      key = match ? materials.inState(version, key, call) : key;
    } catch (BackendFailure e) {
      throw KmsRefusals.COMMON.unlessNew(e);
    } finally {
      unfinished.keep(unit, key);
    }
    if (!match) {
      giveUp(request, number, call);
      throw KmsRefusals.notItsPublicKey(version.id());
    }
    return key;
  }

  private static String unit(RestoreRequest request, int number) {
    return request.operationId() + "/" + number;
  }

  private static KmsTags tags(
      RestoreRequest request, Version version, int number, Optional<KmsKey> first) {
    KmsTags tags =
        KmsTags.first(
            request.name(),
            request.key().algorithm(),
            request.key().rotation(),
            request.stamp(),
            request.operationId());
    if (first.isPresent()) {
      int activation = version.state() == KeyState.ACTIVE ? SECOND : 0;
      tags =
          tags.next(
              number,
              activation,
              request.operationId(),
              new KmsTags.First(first.get().id(), first.get().createdAt()));
    }
    return version.state() == KeyState.ACTIVE || version.state() == KeyState.PENDING
        ? tags
        : tags.retiredByItself();
  }

  private void giveUp(RestoreRequest request, int upTo, CallContext call) {
    for (int n = 1; n <= upTo; n++) {
      unfinished.take(unit(request, n)).ifPresent(key -> keys.discard(key, call));
    }
  }

  private void forget(RestoreRequest request, List<Version> versions) {
    for (int n = 1; n <= versions.size(); n++) {
      unfinished.take(unit(request, n));
    }
  }

  private void enter(RestoreRequest request, KmsChain before, KmsChain chain, CallContext call)
      throws BackendFailure {
    KeyName name = request.name();
    for (int n : chain.versions().keySet()) {
      KmsKey key = chain.at(n);
      if (before.versions().containsKey(n) || keys.directory().enter(name, n, key, call)) {
        continue;
      }
      KmsKey there = keys.directory().readBack(name, n, call);
      if (!there.id().equals(key.id())) {
        giveUp(request, chain.versions().lastKey(), call);
        throw KmsRefusals.COMMON.alreadyExists(name);
      }
    }
  }

  private KmsChain activated(KmsChain chain, List<Version> versions, CallContext call)
      throws BackendFailure {
    int active = active(versions);
    if (chain.versions().size() == 1) {
      return chain;
    }
    if (active <= 1 || chain.activations().containsKey(SECOND)) {
      keys.hint(chain.name(), chain.at(Math.max(active, 1)), call);
      return chain;
    }
    KmsKey head = chain.at(active);
    if (!keys.directory().succeed(chain, head, call)) {
      throw KmsRefusals.COMMON.otherActive(chain.name(), head.version());
    }
    keys.hint(chain.name(), head, call);
    NavigableMap<Integer, String> activations = new TreeMap<>(chain.activations());
    activations.put(SECOND, head.id());
    return new KmsChain(chain.name(), chain.versions(), activations);
  }
}
