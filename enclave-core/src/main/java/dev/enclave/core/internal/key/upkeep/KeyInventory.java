package dev.enclave.core.internal.key.upkeep;

import dev.enclave.KeyInfo;
import dev.enclave.KeyName;
import dev.enclave.core.internal.call.BackendCaller.Plan;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.key.slot.Engine;
import dev.enclave.core.internal.key.slot.KeyEntry;
import dev.enclave.core.internal.key.slot.KeyFinder;
import dev.enclave.core.internal.key.slot.OpenBackend;
import dev.enclave.core.internal.key.slot.ReservedNames;
import dev.enclave.error.EnclaveException;
import dev.enclave.spi.AuditEvent.Operation;
import dev.enclave.spi.KeyLister;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * All keys of applications at one moment: one damaged key must not hide the others, nor be hidden
 * by them.
 *
 * @param keys those that could be read, by name
 * @param unreadable those that could not, and why
 */
public record KeyInventory(List<KeyInfo> keys, Map<KeyName, EnclaveException> unreadable) {

  public static KeyInventory read(Engine engine, String caller) {
    List<KeyName> names = List.copyOf(names(engine, caller));
    Function<KeyName, Read> read = name -> read(name, engine, caller);
    boolean waiting = engine.backends().resolved().remote() && names.size() > 1;
    List<Read> all = waiting ? SideBySide.all(names, read) : names.stream().map(read).toList();
    Map<KeyName, EnclaveException> unreadable = new TreeMap<>();
    all.forEach(one -> one.failure().ifPresent(e -> unreadable.put(one.name(), e)));
    return new KeyInventory(all.stream().flatMap(one -> one.key().stream()).toList(), unreadable);
  }

  /** One of them. */
  private record Read(KeyName name, Optional<KeyInfo> key, Optional<EnclaveException> failure) {}

  private static Read read(KeyName name, Engine engine, String caller) {
    KeyFinder finder = new KeyFinder(engine);
    try {
      KeyEntry entry = finder.read(finder.slot(name), engine.newTrace(), caller);
      return new Read(name, Optional.of(entry.info(engine.policy())), Optional.empty());
    } catch (EnclaveException e) {
      return new Read(name, Optional.empty(), Optional.of(e));
    }
  }

  /** What an outage hides is not damaged: a list without it would pass for all there is. */
  public KeyInventory requireComplete(Engine engine, String caller) {
    return engine.recordingRefusal(
        engine.local(Operation.REFUSAL, caller, Optional.empty()),
        engine.newTrace(),
        () -> {
          for (EnclaveException failure : unreadable.values()) {
            if (failure.retryable()) {
              throw failure;
            }
          }
          return this;
        });
  }

  /** Their names, without reading one. */
  public static TreeSet<KeyName> names(Engine engine, String caller) {
    engine.requireOpen();
    CallTrace trace = engine.newTrace();
    TreeSet<KeyName> names =
        engine.recordingRefusal(
            engine.local(Operation.REFUSAL, caller, Optional.empty()),
            trace,
            () -> listed(engine, trace));
    names.addAll(engine.adoptedKeys().keySet());
    names.removeIf(ReservedNames::contains);
    return names;
  }

  private static TreeSet<KeyName> listed(Engine engine, CallTrace trace) {
    OpenBackend backend = engine.backends().resolved();
    KeyLister lister = backend.capability(KeyLister.class, "list keys");
    TreeSet<KeyName> names = new TreeSet<>();
    Optional<String> from = Optional.empty();
    do {
      Optional<String> start = from;
      Plan plan = new Plan("list keys", trace, Engine.CHANGE_WITHIN, false, false);
      KeyLister.Names page = backend.caller().call(plan, call -> lister.page(start, call));
      names.addAll(page.names());
      from = page.next();
    } while (from.isPresent());
    return names;
  }
}
