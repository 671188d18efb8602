package dev.enclave.core.internal.key;

import dev.enclave.EnclaveException;
import dev.enclave.KeyInfo;
import dev.enclave.KeyName;
import dev.enclave.core.internal.call.BackendCaller.Plan;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.spi.AuditEvent.Operation;
import dev.enclave.spi.KeyLister;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All keys of applications at one moment: one damaged key must not hide the others, nor be hidden
 * by them.
 *
 * @param keys those that could be read, by name
 * @param unreadable those that could not, and why
 */
record KeyInventory(List<KeyInfo> keys, Map<KeyName, EnclaveException> unreadable) {

  static KeyInventory read(Engine engine, String caller) {
    TreeSet<KeyName> names = names(engine, caller);
    KeyFinder finder = new KeyFinder(engine);
    List<KeyInfo> keys = new ArrayList<>();
    Map<KeyName, EnclaveException> unreadable = new TreeMap<>();
    for (KeyName name : names) {
      try {
        keys.add(finder.read(finder.slot(name), engine.newTrace(), caller).info(engine.policy()));
      } catch (EnclaveException e) {
        unreadable.put(name, e);
      }
    }
    return new KeyInventory(List.copyOf(keys), unreadable);
  }

  /** What an outage hides is not damaged: a list without it would pass for all there is. */
  KeyInventory requireComplete(Engine engine, String caller) {
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
  static TreeSet<KeyName> names(Engine engine, String caller) {
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
