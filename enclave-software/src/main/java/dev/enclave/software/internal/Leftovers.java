package dev.enclave.software.internal;

import dev.enclave.KeyName;
import dev.enclave.software.internal.StoreLock.Held;
import dev.enclave.spi.BackendFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Half-written files that a crash left behind. Cleared under the lock of who may have been writing
 * them; where another process holds that, they are its work in progress and stay.
 */
final class Leftovers {

  private final SecureFiles files;
  private final StoreLayout layout;
  private final StoreLock lock;

  Leftovers(SecureFiles files, StoreLayout layout, StoreLock lock) {
    this.files = files;
    this.layout = layout;
    this.lock = lock;
  }

  void clear() throws BackendFailure {
    try {
      if (!temporaries(layout.directory()).isEmpty()) {
        clear(layout.directory(), lock.tryStore());
      }
      for (String folder : files.names(layout.directory())) {
        Optional<KeyName> key = StoreLayout.keyOf(folder);
        if (key.isPresent()) {
          clear(key.get());
        }
      }
    } catch (IOException e) {
      throw DiskFailures.writing(layout.directory(), e);
    }
  }

  private void clear(KeyName key) throws BackendFailure {
    Path folder = layout.key(key);
    try {
      files.checkDirectory(folder);
      if (!temporaries(folder).isEmpty()) {
        clear(folder, lock.tryKey(key));
      }
    } catch (IOException e) {
      return; // One unusable folder keeps nobody from the other keys; its own use says what is wrong.
    }
  }

  private void clear(Path folder, Optional<Held> lock) throws IOException {
    if (lock.isEmpty()) {
      return;
    }
    try (Held held = lock.get()) {
      for (String name : temporaries(folder)) {
        files.delete(folder.resolve(name));
      }
    }
  }

  private List<String> temporaries(Path folder) throws IOException {
    return files.names(folder).stream().filter(n -> n.endsWith(SecureFiles.TEMPORARY)).toList();
  }
}
