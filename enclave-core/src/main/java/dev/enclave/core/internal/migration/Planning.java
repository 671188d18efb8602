package dev.enclave.core.internal.migration;

import dev.enclave.BackendId;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyVersion;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SecurityPolicy;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyFinder;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.key.OpenBackend;
import dev.enclave.core.internal.key.ReservedNames;
import dev.enclave.core.internal.key.SharedParts;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.PolicyException;
import dev.enclave.error.UsageException;
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
    SharedParts shared = run.shared();
    KeyReading entry = usable(run);
    CachedKey slot = run.slot();
    OpenBackend there = shared.backends().of(target, shared.within(SharedParts.CHANGE_WITHIN));
    Ways ways = new Ways(entry, slot.backend(), there, shared.policy());
    Map<MigrationWay, String> obstacles = ways.obstacles();
    Optional<MigrationWay> way =
        wanted
            .map(Stream::of)
            .orElseGet(() -> Stream.of(MigrationWay.values()))
            .filter(each -> !obstacles.containsKey(each))
            .findFirst();
    KeyVersion active = entry.requireActive();
    byte[] nonce = new byte[NONCE_BYTES];
    shared.random().nextBytes(nonce);
    Instant now = shared.time().now();
    return new MigrationPlan(
        now,
        now.plus(validity),
        HexFormat.of().formatHex(nonce),
        shared.policy().environment(),
        entry.handle(),
        active.id(),
        publicKey(slot, active),
        target,
        there.description().authority(),
        way,
        obstacles,
        changes(way, slot.backend(), there, entry, shared));
  }

  /** A new reading of a key that may be migrated from here. */
  KeyReading usable(OperationRun run) {
    ReservedNames.requireFree(handle.name());
    CachedKey slot = run.shared().keys().slot(handle);
    run.on(slot);
    KeyReading entry = slot.fresh(run.trace(), run.deadline());
    KeyFinder.requireFingerprint(entry, handle.fingerprint());
    entry.requireUsable();
    requireOwnStamp(entry, run.shared());
    if (entry.snapshot().algorithm().purpose() != KeyPurpose.SIGN) {
      throw new UsageException(
          ErrorCode.WRONG_PURPOSE,
          "Key "
              + slot.name()
              + " wraps, and migrations are for keys that sign. Create a wrapping key in backend "
              + target
              + " and seal what this one sealed anew.");
    }
    return entry;
  }

  /** Adoption stands in for a missing stamp where a key is used, and not where it is moved. */
  private static void requireOwnStamp(KeyReading entry, SharedParts shared) {
    StampReading stamp = entry.snapshot().stamp();
    boolean own =
        stamp instanceof StampReading.Stamped stamped
            && shared.policy().environment().accepts(stamped.environment());
    if (shared.policy().environment().isStrict() && !own) {
      throw new PolicyException(
          ErrorCode.STAMP_MISSING,
          "Key "
              + entry.snapshot().name()
              + " carries no stamp of "
              + shared.policy().environment()
              + ", so it may be a development key, and is not migrated. Create a key in the"
              + " target.");
    }
  }

  private static PublicKeyInfo publicKey(CachedKey slot, KeyVersion active) {
    return active
        .publicKey()
        .orElseThrow(
            () ->
                new UsageException(
                    ErrorCode.UNSUPPORTED_OPERATION,
                    "Backend "
                        + slot.backend().id()
                        + " gives no public key for the active version of key "
                        + slot.name()
                        + ", so nobody could verify its successor."));
  }

  /** What changes on the way; nothing where there is none. */
  static Map<Aspect, String> changes(
      Optional<MigrationWay> way,
      OpenBackend from,
      OpenBackend to,
      KeyReading entry,
      SharedParts shared) {
    if (way.isEmpty()) {
      return Map.of();
    }
    KeyVersion active = entry.requireActive();
    boolean anew = way.get() == MigrationWay.SUCCESSION;
    Map<Aspect, String> changes = new EnumMap<>(Aspect.class);
    changes.put(
        Aspect.ADDRESS,
        anew
            ? "changes: whatever was sent to an address of the old key is moved by its signature"
            : "stays");
    changes.put(Aspect.PUBLIC_KEY, anew ? "changes: the old key signs a statement on it" : "stays");
    changes.put(
        Aspect.ASSURANCE,
        active.assurance()
            + " now; afterwards as "
            + to.id()
            + " reports it, at least "
            + shared.policy().minimumAssurance());
    changes.put(
        Aspect.ORIGIN, active.origin() + " now; afterwards " + (anew ? "GENERATED" : "IMPORTED"));
    changes.put(Aspect.ALGORITHMS, lacking(from, to));
    changes.put(
        Aspect.REQUESTS,
        anew
            ? from.id()
                + ": 2 readings, 2 signatures, 1 record of the move, 1 change of state; "
                + to.id()
                + ": 1 creation, 1 signature"
            : from.id()
                + ": 2 readings, 1 export, 2 signatures, 1 record of the move, 1 change of state; "
                + to.id()
                + ": 1 import, 1 signature");
    changes.put(
        Aspect.COST,
        "one more key in " + to.id() + "; the old one stays in " + from.id() + " until destroyed");
    return changes;
  }

  private static String lacking(OpenBackend from, OpenBackend to) {
    List<KeyAlgorithm> lacking =
        from.description().offered().stream()
            .filter(algorithm -> to.description().support(algorithm).isEmpty())
            .toList();
    return lacking.isEmpty()
        ? to.id() + " offers all that " + from.id() + " offers"
        : to.id()
            + " lacks "
            + lacking.stream().map(KeyAlgorithm::name).collect(Collectors.joining(", "));
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
        return Optional.of("the key is in " + target.id() + " already");
      }
      if (key.adopted()) {
        return Optional.of("the key is adopted, and is changed only where it is managed");
      }
      if (!policy.allows(target.id())) {
        return Optional.of("the policy does not allow backend " + target.id());
      }
      return target.description().support(algorithm()).isEmpty()
          ? Optional.of(target.id() + " does not offer " + algorithm())
          : Optional.empty();
    }

    private Optional<String> toSuccession() {
      if (target.find(KeyCreator.class).isEmpty()) {
        return Optional.of(target.id() + " creates no keys");
      }
      return source.find(KeyStateChanger.class).isEmpty()
          ? Optional.of(source.id() + " cannot make a version verify-only")
          : Optional.empty();
    }

    private Optional<String> toImport() {
      if (source.find(KeyExporter.class).isEmpty()) {
        return Optional.of("no private key leaves " + source.id());
      }
      if (!policy.foreignOriginAllowed()) {
        return Optional.of(
            policy.environment() + " takes no private key that was outside its backend");
      }
      if (key.snapshot().versions().size() > 1) {
        return Optional.of(
            "the key has "
                + key.snapshot().versions().size()
                + " versions, and an import is of a key with one");
      }
      if (source.find(KeyStateChanger.class).isEmpty()) {
        return Optional.of(source.id() + " cannot make a version verify-only");
      }
      Optional<KeyImporter> importer = target.find(KeyImporter.class);
      if (importer.isEmpty()) {
        return Optional.of(target.id() + " imports no keys");
      }
      return importer.get().importSupport().algorithms().contains(algorithm())
          ? Optional.empty()
          : Optional.of(target.id() + " imports no keys for " + algorithm());
    }
  }
}
