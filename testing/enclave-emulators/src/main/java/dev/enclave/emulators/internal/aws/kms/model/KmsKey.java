package dev.enclave.emulators.internal.aws.kms.model;

import dev.enclave.emulators.internal.aws.common.AwsFailure;
import dev.enclave.emulators.internal.aws.crypto.KeySpec;
import dev.enclave.emulators.internal.crypto.Material;
import dev.enclave.emulators.internal.lag.Lagging;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One KMS key. Thread-safe; what must change together does so under its own lock, which comes
 * before those of {@link Keys}. What those read of a key is volatile.
 */
public final class KmsKey {

  /** What CreateKey fixes for ever. */
  public record Identity(
      String id,
      String arn,
      KeySpec spec,
      String usage,
      boolean external,
      Optional<CustomKeyStores.Place> place,
      boolean multiRegion,
      Instant created) {}

  private final Identity identity;
  private final BooleanSupplier reached;
  private final Lagging<Map<String, String>> tags;
  private final Lagging<Map<String, String>> authorizedTags;
  private final Lagging<Set<String>> authorizedAliases;
  private final Instant visibleFrom;
  private final Set<String> aliases = new ConcurrentSkipListSet<>();
  private final Rotation rotation = new Rotation();
  private volatile String description;
  private volatile KeyPolicy policy;
  private boolean enabled = true;
  private volatile @Nullable Instant deletion;
  private final List<Material> materials = new ArrayList<>();
  private byte @Nullable [] fingerprint;
  private @Nullable Instant materialEnds;

  /**
   * A key.
   *
   * @param reached whether the custom key store it lies in is connected
   */
  public KmsKey(
      Identity identity,
      BooleanSupplier reached,
      String description,
      KeyPolicy policy,
      Map<String, String> tags,
      Optional<Material> material,
      Lags lags) {
    this.identity = identity;
    this.reached = reached;
    this.description = description;
    this.policy = policy;
    this.tags = new Lagging<>(lags.reads(), new TreeMap<>(tags), identity.created());
    this.authorizedTags = new Lagging<>(lags.authorization(), Map.copyOf(tags), identity.created());
    this.authorizedAliases = new Lagging<>(lags.authorization(), Set.of(), identity.created());
    this.visibleFrom = identity.created().plus(lags.reads());
    material.ifPresent(materials::add);
  }

  public Identity identity() {
    return identity;
  }

  public String id() {
    return identity.id();
  }

  public String arn() {
    return identity.arn();
  }

  public KeySpec spec() {
    return identity.spec();
  }

  public boolean visible(Instant now) {
    return !now.isBefore(visibleFrom);
  }

  /** Names of its aliases, whether or not readers see them yet. */
  public Set<String> aliases() {
    return aliases;
  }

  /** Gives it an alias. */
  void named(String alias, Instant now) {
    aliases.add(alias);
    authorizedAliases.set(Optional.of(Set.copyOf(aliases)), now);
  }

  /** Takes an alias from it. */
  void unnamed(String alias, Instant now) {
    aliases.remove(alias);
    authorizedAliases.set(Optional.of(Set.copyOf(aliases)), now);
  }

  /** Those of its aliases that policies see. */
  public Set<String> authorizedAliases(Instant now) {
    return authorizedAliases.visible(now).orElse(Set.of());
  }

  public Lagging<Map<String, String>> tags() {
    return tags;
  }

  /** Replaces all its tags. */
  public void tagged(Map<String, String> all, Instant now) {
    tags.set(Optional.of(all), now);
    authorizedTags.set(Optional.of(Map.copyOf(all)), now);
  }

  /** Its tags as policies see them. */
  public Map<String, String> authorizedTags(Instant now) {
    return authorizedTags.visible(now).orElse(Map.of());
  }

  public Rotation rotation() {
    return rotation;
  }

  String description() {
    return description;
  }

  public void description(String newDescription) {
    description = newDescription;
  }

  public KeyPolicy policy() {
    return policy;
  }

  public void policy(KeyPolicy newPolicy) {
    policy = newPolicy;
  }

  public synchronized KeyState state(Instant now) {
    expireMaterial(now);
    if (deletion != null) {
      return KeyState.PENDING_DELETION;
    }
    if (materials.isEmpty()) {
      return KeyState.PENDING_IMPORT;
    }
    if (!reached.getAsBoolean()) {
      return KeyState.UNAVAILABLE;
    }
    return enabled ? KeyState.ENABLED : KeyState.DISABLED;
  }

  Optional<Instant> deletion() {
    return Optional.ofNullable(deletion);
  }

  public synchronized void enabled(boolean newEnabled) {
    enabled = newEnabled;
  }

  synchronized void scheduleDeletion(Instant when) {
    deletion = when;
  }

  /** KMS API Reference, CancelKeyDeletion: the key is Disabled afterwards. */
  public synchronized void cancelDeletion() {
    deletion = null;
    enabled = false;
  }

  /** The current material and, for decryption, those before it; the newest last. */
  public synchronized List<Material> materials() {
    return List.copyOf(materials);
  }

  public synchronized void rotateTo(Material material) {
    materials.add(material);
  }

  synchronized Optional<Instant> materialEnds() {
    return Optional.ofNullable(materialEnds);
  }

  /**
   * KMS API Reference, ImportKeyMaterial: the first material is fixed for ever; later only the same
   * may come again.
   */
  public synchronized void importMaterial(Material material, Optional<Instant> ends) {
    byte[] known = fingerprint;
    byte[] offered = material.fingerprint();
    if (known != null && !Arrays.equals(known, offered)) {
      throw AwsFailure.of("IncorrectKeyMaterialException", "");
    }
    enabled |= materials.isEmpty();
    fingerprint = offered;
    materials.clear();
    materials.add(material);
    materialEnds = ends.orElse(null);
  }

  public synchronized void deleteMaterial() {
    materials.clear();
    materialEnds = null;
  }

  private void expireMaterial(Instant now) {
    if (materialEnds != null && !now.isBefore(materialEnds)) {
      deleteMaterial();
    }
  }
}
