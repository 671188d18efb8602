package dev.enclave.core.internal.key;

import dev.enclave.EnclaveException;
import dev.enclave.KeyInfo;
import dev.enclave.KeyName;
import dev.enclave.core.internal.call.BackendCaller.Plan;
import dev.enclave.spi.KeyLister;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All keys at one moment: one damaged key must not hide the others, nor be hidden by them.
 *
 * @param keys those that could be read, by name
 * @param unreadable those that could not, and why
 */
record KeyInventory(List<KeyInfo> keys, Map<KeyName, EnclaveException> unreadable) {

  static KeyInventory read(Engine engine, String caller) {
    engine.requireOpen();
    OpenBackend backend = engine.backends().resolved();
    KeyLister lister = backend.capability(KeyLister.class, "list keys");
    Plan plan = new Plan("list keys", engine.newTrace(), Engine.CHANGE_WITHIN, false, false);
    TreeSet<KeyName> names = new TreeSet<>(backend.caller().call(plan, lister::list));
    names.addAll(engine.adoptedKeys().keySet());
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
}
