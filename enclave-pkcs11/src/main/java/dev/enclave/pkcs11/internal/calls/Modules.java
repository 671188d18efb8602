package dev.enclave.pkcs11.internal.calls;

import dev.enclave.cryptoki.CryptokiException;
import dev.enclave.cryptoki.CryptokiModule;
import dev.enclave.cryptoki.ModuleLoadException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The libraries that backends of this process use. One is initialised for the whole process, and to
 * finalise it for one backend would end the sessions of every other; so they share it, and the last
 * one closes it. Guards itself.
 */
final class Modules {

  private static final Map<Path, Modules> OPEN = new HashMap<>();

  private final CryptokiModule module;
  private int users;

  private Modules(CryptokiModule module) {
    this.module = module;
  }

  static CryptokiModule take(Path library) throws ModuleLoadException, CryptokiException {
    synchronized (OPEN) {
      Modules shared = OPEN.get(library);
      if (shared == null) {
        shared = new Modules(CryptokiModule.open(library));
        OPEN.put(library, shared);
      }
      shared.users++;
      return shared.module;
    }
  }

  static void giveBack(Path library) {
    synchronized (OPEN) {
      Modules shared = OPEN.get(library);
      if (shared != null && --shared.users == 0) {
        OPEN.remove(library);
        shared.module.close();
      }
    }
  }
}
