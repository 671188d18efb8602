package dev.enclave.core.internal.migration;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyVersion;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SecurityPolicy;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyDirectory;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.key.OpenBackend;
import dev.enclave.core.internal.key.ReservedNames;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.migration.MigrationPlan;
import dev.enclave.migration.MigrationPlan.Aspect;
import dev.enclave.migration.MigrationWay;
import dev.enclave.spi.backend.KeyCreator;
import dev.enclave.spi.backend.KeyExporter;
import dev.enclave.spi.backend.KeyImporter;
import dev.enclave.spi.backend.KeyStateChanger;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes the plan of one migration: reads the key, opens the target, changes nothing.
 *
 * @param target where it is to be
 * @param wanted the only way to take; none for whichever is possible
 * @param validity for how long the plan may be carried out
 */
record Planning(
    KeyHandle handle, BackendId target, Optional<MigrationWay> wanted, Duration validity) {

  private static final int NONCE_BYTES = 16;

  MigrationPlan plan(OperationRun run) {
    SecurityPolicy policy = run.rules().policy();
    KeyReading entry = usable(run);
    CachedKey slot = run.slot();
    OpenBackend there = run.keys().backend(target);
    Ways ways = new Ways(entry, slot.backend(), there, policy);
    Map<MigrationWay, String> obstacles = ways.obstacles();
    Optional<MigrationWay> way =
        wanted
            .map(Stream::of)
            .orElseGet(() -> Stream.of(MigrationWay.values()))
            .filter(each -> !obstacles.containsKey(each))
            .findFirst();
    KeyVersion active = entry.requireActive();
    byte[] nonce = new byte[NONCE_BYTES];
    run.random().nextBytes(nonce);
    Instant now = run.time().now();
    return new MigrationPlan(
        now,
        now.plus(validity),
        HexFormat.of().formatHex(nonce),
        policy.environment(),
        entry.handle(),
        active.id(),
        publicKey(slot, active),
        target,
        there.description().authority(),
        way,
        obstacles,
        changes(way, slot.backend(), there, entry, policy));
  }

  /** A new reading of a key that may be migrated from here. */
  KeyReading usable(OperationRun run) {
    ReservedNames.requireFree(handle.name());
    CachedKey slot = run.keys().slot(handle);
    run.on(slot);
    KeyReading entry = slot.fresh(run.trace(), run.deadline());
    KeyDirectory.requireFingerprint(entry, handle.fingerprint());
    entry.requireUsable();
    requireOwnStamp(entry, run.rules().policy().environment());
    if (entry.snapshot().algorithm().purpose() != KeyPurpose.SIGN) {
      throw Texts.WRAPPING_KEY_NOT_MIGRATED.as(ErrorCode.WRONG_PURPOSE, slot.name(), target);
    }
    return entry;
  }

  /** Adoption stands in for a missing stamp where a key is used, and not where it is moved. */
  private static void requireOwnStamp(KeyReading entry, EnvironmentType here) {
    StampReading stamp = entry.snapshot().stamp();
    boolean own =
        stamp instanceof StampReading.Stamped stamped && here.accepts(stamped.environment());
    if (here.isStrict() && !own) {
      throw Texts.STAMPLESS_NOT_MIGRATED.as(ErrorCode.STAMP_MISSING, entry.snapshot().name(), here);
    }
  }

  private static PublicKeyInfo publicKey(CachedKey slot, KeyVersion active) {
    return active
        .publicKey()
        .orElseThrow(
            () ->
                Texts.NO_PUBLIC_KEY_TO_SUCCEED.as(
                    ErrorCode.UNSUPPORTED_OPERATION, slot.backend().id(), slot.name()));
  }

  /** What changes on the way; nothing where there is none. */
  static Map<Aspect, String> changes(
      Optional<MigrationWay> way,
      OpenBackend from,
      OpenBackend to,
      KeyReading entry,
      SecurityPolicy policy) {
    if (way.isEmpty()) {
      return Map.of();
    }
    KeyVersion active = entry.requireActive();
    boolean anew = way.get() == MigrationWay.SUCCESSION;
    Map<Aspect, String> changes = new EnumMap<>(Aspect.class);
    changes.put(Aspect.ADDRESS, (anew ? Texts.ADDRESS_CHANGES : Texts.STAYS).with());
    changes.put(Aspect.PUBLIC_KEY, (anew ? Texts.PUBLIC_KEY_CHANGES : Texts.STAYS).with());
    changes.put(
        Aspect.ASSURANCE,
        Texts.ASSURANCE_AFTERWARDS.with(active.assurance(), to.id(), policy.minimumAssurance()));
    changes.put(
        Aspect.ORIGIN,
        (anew ? Texts.GENERATED_AFTERWARDS : Texts.IMPORTED_AFTERWARDS).with(active.origin()));
    changes.put(Aspect.ALGORITHMS, lacking(from, to));
    changes.put(
        Aspect.REQUESTS,
        (anew ? Texts.REQUESTS_OF_SUCCESSION : Texts.REQUESTS_OF_IMPORT).with(from.id(), to.id()));
    changes.put(Aspect.COST, Texts.COST_OF_SECOND_KEY.with(to.id(), from.id()));
    return changes;
  }

  private static String lacking(OpenBackend from, OpenBackend to) {
    List<KeyAlgorithm> lacking =
        from.description().offered().stream()
            .filter(algorithm -> to.description().support(algorithm).isEmpty())
            .toList();
    return lacking.isEmpty()
        ? Texts.OFFERS_ALL.with(to.id(), from.id())
        : Texts.OFFERS_LESS.with(
            to.id(), lacking.stream().map(KeyAlgorithm::name).collect(Collectors.joining(", ")));
  }

  /**
   * Which ways there are from one backend to another for one key.
   *
   * @param source where the key is
   * @param target where it is to be
   * @param policy what is allowed here
   */
  record Ways(KeyReading key, OpenBackend source, OpenBackend target, SecurityPolicy policy) {

    /** Why each way that is not possible is not possible. */
    Map<MigrationWay, String> obstacles() {
      Map<MigrationWay, String> obstacles = new EnumMap<>(MigrationWay.class);
      both().or(this::toSuccession).ifPresent(why -> obstacles.put(MigrationWay.SUCCESSION, why));
      both().or(this::toImport).ifPresent(why -> obstacles.put(MigrationWay.IMPORT, why));
      return obstacles;
    }

    private KeyAlgorithm algorithm() {
      return key.snapshot().algorithm();
    }

    private Optional<String> both() {
      if (source == target) {
        return Optional.of(Texts.ALREADY_THERE.with(target.id()));
      }
      if (key.adopted()) {
        return Optional.of(Texts.MANAGED_ELSEWHERE.with());
      }
      if (!policy.allows(target.id())) {
        return Optional.of(Texts.TARGET_NOT_ALLOWED.with(target.id()));
      }
      return target.description().support(algorithm()).isEmpty()
          ? Optional.of(Texts.DOES_NOT_OFFER.with(target.id(), algorithm()))
          : Optional.empty();
    }

    private Optional<String> toSuccession() {
      if (target.find(KeyCreator.class).isEmpty()) {
        return Optional.of(Texts.CREATES_NO_KEYS.with(target.id()));
      }
      return source.find(KeyStateChanger.class).isEmpty()
          ? Optional.of(Texts.RETIRES_NO_VERSION.with(source.id()))
          : Optional.empty();
    }

    private Optional<String> toImport() {
      if (source.find(KeyExporter.class).isEmpty()) {
        return Optional.of(Texts.NO_PRIVATE_KEY_LEAVES.with(source.id()));
      }
      if (!policy.foreignOriginAllowed()) {
        return Optional.of(Texts.NO_FOREIGN_ORIGIN.with(policy.environment()));
      }
      if (key.snapshot().versions().size() > 1) {
        return Optional.of(Texts.TOO_MANY_VERSIONS.with(key.snapshot().versions().size()));
      }
      if (source.find(KeyStateChanger.class).isEmpty()) {
        return Optional.of(Texts.RETIRES_NO_VERSION.with(source.id()));
      }
      Optional<KeyImporter> importer = target.find(KeyImporter.class);
      if (importer.isEmpty()) {
        return Optional.of(Texts.IMPORTS_NO_KEYS.with(target.id()));
      }
      return importer.get().importSupport().algorithms().contains(algorithm())
          ? Optional.empty()
          : Optional.of(Texts.IMPORTS_NO_KEYS_FOR.with(target.id(), algorithm()));
    }
  }
}
