package dev.enclave.pkcs11.internal.calls;

import dev.enclave.cryptoki.CryptokiException;
import dev.enclave.cryptoki.CryptokiModule;
import dev.enclave.cryptoki.ModuleLoadException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A library that backends of this process use. It is initialised for the whole process, and to
 * finalise it for one backend would end the sessions of every other; so they share it, and the last
 * one closes it. Each has a monitor of its own: one that hangs keeps no other from being opened.
 */
final class Modules {

  private static final Map<Path, Modules> ALL = new ConcurrentHashMap<>();

  private final Path library;
  private @Nullable CryptokiModule module;
  private int users;

  private Modules(Path library) {
    this.library = library;
  }

  static Modules of(Path library) {
    return ALL.computeIfAbsent(library, Modules::new);
  }

  /** Initialised for whoever comes first. */
  synchronized CryptokiModule take() throws ModuleLoadException, CryptokiException {
    CryptokiModule open = module == null ? CryptokiModule.open(library) : module;
    module = open;
    users++;
    return open;
  }

  synchronized void giveBack() {
    users--;
    if (users == 0 && module != null) {
      module.close();
      module = null;
    }
  }
}
