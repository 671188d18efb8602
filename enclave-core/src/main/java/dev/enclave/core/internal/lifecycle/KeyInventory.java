package dev.enclave.core.internal.lifecycle;

import dev.enclave.KeyInfo;
import dev.enclave.KeyName;
import dev.enclave.admin.KeyListing;
import dev.enclave.core.internal.call.RetryingCaller;
import dev.enclave.core.internal.call.RetryingCaller.Plan;
import dev.enclave.core.internal.key.KeyDirectory;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.key.ReservedNames;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.operation.Operations;
import dev.enclave.error.EnclaveException;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.spi.backend.KeyRotator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** Lists the keys of applications. */
public final class KeyInventory {

  private KeyInventory() {}

  /** All that can be read, and which cannot. */
  public static KeyListing read(Operations operations, String caller) {
    return listing(operations, caller, KeyInventory::read);
  }

  /** As {@link #read}; what an outage hides is not damaged, and fails it. */
  public static KeyListing complete(Operations operations, String caller) {
    return listing(operations, caller, run -> requireComplete(read(run)));
  }

  /** Their names, without reading one. */
  public static List<KeyName> names(Operations operations, String caller) {
    return listing(operations, caller, KeyInventory::names);
  }

  /** The names of all that the backend keeps, the keys of Enclave itself among them. */
  public static List<KeyName> stored(Operations operations, String caller) {
    return listing(operations, caller, run -> List.copyOf(listed(run)));
  }

  /** Whether this process's account may list and rotate keys; asks for no key. */
  public static boolean mayRotate(Operations operations, String caller) {
    return listing(
        operations,
        caller,
        run -> {
          KeyRotator rotator = run.backend().capability(KeyRotator.class, "rotate keys");
          return run.ask("ask whether keys may be rotated", rotator::mayRotate);
        });
  }

  private static <T> T listing(
      Operations operations, String caller, Function<OperationRun, T> reading) {
    return operations
        .by(caller)
        .inResolved()
        .read(Operation.LIST, RetryingCaller.CHANGE_WITHIN, reading);
  }

  private static KeyListing read(OperationRun run) {
    List<KeyName> names = names(run);
    Function<KeyName, Read> read = name -> read(name, run);
    boolean waiting = run.backend().remote() && names.size() > 1;
    List<Read> all = waiting ? BoundedParallel.all(names, read) : names.stream().map(read).toList();
    Map<KeyName, EnclaveException> unreadable = new TreeMap<>();
    all.forEach(one -> one.failure().ifPresent(e -> unreadable.put(one.name(), e)));
    return new KeyListing(all.stream().flatMap(one -> one.key().stream()).toList(), unreadable);
  }

  /** One of them. */
  private record Read(KeyName name, Optional<KeyInfo> key, Optional<EnclaveException> failure) {}

  private static Read read(KeyName name, OperationRun run) {
    KeyDirectory keys = run.keys();
    try {
      KeyReading entry = keys.read(keys.slot(name), run.caller());
      return new Read(name, Optional.of(entry.info(run.rules().life())), Optional.empty());
    } catch (EnclaveException e) {
      return new Read(name, Optional.empty(), Optional.of(e));
    }
  }

  /** A list without what an outage hides would pass for all there is. */
  private static KeyListing requireComplete(KeyListing listing) {
    for (EnclaveException failure : listing.unreadable().values()) {
      if (failure.retryable()) {
        throw failure;
      }
    }
    return listing;
  }

  private static List<KeyName> names(OperationRun run) {
    Set<KeyName> names = listed(run);
    names.addAll(run.keys().adopted());
    names.removeIf(ReservedNames::contains);
    return List.copyOf(names);
  }

  private static Set<KeyName> listed(OperationRun run) {
    KeyLister lister = run.backend().capability(KeyLister.class, "list keys");
    Set<KeyName> names = new TreeSet<>();
    Optional<String> from = Optional.empty();
    do {
      Optional<String> start = from;
      Plan plan = new Plan("list keys", run.trace(), RetryingCaller.CHANGE_WITHIN, false, false);
      KeyLister.Names page = run.backend().caller().call(plan, call -> lister.page(start, call));
      names.addAll(page.names());
      from = page.next();
    } while (from.isPresent());
    return names;
  }
}
