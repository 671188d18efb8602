package dev.enclave.kit.key;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.kit.key.ServiceKey.Material;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendFailure.Step;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.OrphanCollector.Orphan;
import dev.enclave.spi.backend.OrphanCollector.Page;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What interrupted attempts left behind: versions that were prepared and never activated, and
 * private keys that are no versions at all. What is off is kept if it was prepared: somebody has
 * looked at it.
 */
record LeftOvers(KeyService service, Reading reading) {

  private static final System.Logger LOG = System.getLogger("dev.enclave");

  /** Reads a key, for who has waited until everybody's writes can be seen. */
  @FunctionalInterface
  interface Reading {
    Optional<LedgerKey> read(KeyName name, CallContext call) throws BackendFailure;
  }

  /** Destroys a version, as far as the service can. */
  @FunctionalInterface
  interface End {
    void of(LedgerKey key, ServiceKey version) throws BackendFailure;
  }

  /**
   * A page of them where they lie under the names of keys.
   *
   * @param left whether what is no version is still to be discarded
   */
  Page ofNames(Optional<String> from, Predicate<ServiceKey> left, CallContext call)
      throws BackendFailure {
    KeyService.NamePage page = service.names(from, true, call);
    List<Orphan> orphans = new ArrayList<>();
    for (KeyName name : page.names().names()) {
      Optional<LedgerKey> key = readable(name, call);
      if (key.isPresent()) {
        all(key.get())
            .filter(version -> isOrphan(key.get(), version, left, call))
            .map(version -> Orphan.of(version.uri(), name, version.createdAt()))
            .forEach(orphans::add);
      }
    }
    return Page.of(orphans, page.names().next());
  }

  /** What somebody mangled hides the orphans of its own key alone. */
  Optional<LedgerKey> readable(KeyName name, CallContext call) throws BackendFailure {
    try {
      return reading.read(name, call);
    } catch (BackendFailure e) {
      if (e.code() != FailureCode.CORRUPT) {
        throw e;
      }
      service.findings().passedOver(name, e);
      return Optional.empty();
    }
  }

  boolean isOrphan(
      LedgerKey key, ServiceKey version, Predicate<ServiceKey> left, CallContext call) {
    boolean unused = key.leftOver().contains(version) ? left.test(version) : isUnused(key, version);
    return unused && KeyService.isOld(version.changedAt(), call);
  }

  /**
   * Whether a version could sign and was never active: a rotation was cut short, or is under way.
   */
  static boolean isUnused(LedgerKey key, ServiceKey version) {
    return key.state(version) == KeyState.PENDING
        && version.material() == Material.ON
        && !key.decision().restored().contains(version.id())
        && !key.foreign().contains(version.id());
  }

  static Optional<ServiceKey> find(LedgerKey key, Orphan orphan) {
    return all(key).filter(v -> v.uri().equals(orphan.providerUri())).findFirst();
  }

  private static Stream<ServiceKey> all(LedgerKey key) {
    return Stream.concat(key.versions().stream(), key.leftOver().stream());
  }

  /**
   * Discards a version that is on and was never active, beside processes that may go on with what
   * made it. What is off nobody activates, so it is switched off first; an activation that had
   * begun is seen by the second look, and the version is switched on again.
   *
   * @param wanted whether somebody activated it meanwhile, or has begun to
   * @return whether it is gone or on its way; false if it turned out to be wanted
   */
  boolean discard(
      KeyName name,
      ServiceKey version,
      Duration settling,
      BiPredicate<LedgerKey, ServiceKey> wanted,
      End end,
      CallContext call)
      throws BackendFailure {
    service.turn(version, false, call);
    return BackendFailure.afterChange(
        "Version " + version.id() + " of key " + name + " was switched off.",
        () -> {
          Pending.settle(settling, "see whether it was activated meanwhile", call);
          Optional<LedgerKey> now = reading.read(name, call);
          Optional<ServiceKey> still =
              now.stream()
                  .flatMap(LeftOvers::all)
                  .filter(v -> v.id().equals(version.id()) && v.material() != Material.GONE)
                  .findFirst();
          if (still.isEmpty()) {
            return true;
          }
          boolean keep = wanted.test(now.get(), still.get());
          if (keep) {
            service.turn(still.get(), true, call);
          } else {
            end.of(now.get(), still.get());
          }
          return !keep;
        });
  }

  /**
   * Gives up what lost a race, where the operation is over all the same. If that fails it is an
   * orphan, which can be found.
   *
   * @param what was made, as messages name it, with a capital
   */
  static void giveUp(String what, Step<?> discard) {
    try {
      discard.run();
    } catch (BackendFailure e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "{0} lost a race and is left over: {1} Run enclave keys reconcile.",
          what,
          e.getMessage());
    }
  }
}
