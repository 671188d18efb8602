package dev.enclave.software.internal;

import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Half-written files, and markers of creations, that a crash left behind. Cleared under the lock of
 * who may have been writing them; where another process holds that, they are its work in progress
 * and stay.
 */
final class Leftovers {

  private final SecureFiles files;
  private final StoreLayout layout;
  private final StoreLock lock;
  private final CreationMarker marker;

  Leftovers(SecureFiles files, StoreLayout layout, StoreLock lock) {
    this.files = files;
    this.layout = layout;
    this.lock = lock;
    this.marker = new CreationMarker(files, layout);
  }

  void clear() throws BackendFailure {
    if (!temporaries(layout.directory()).isEmpty()) {
      lock.tryHoldingStore(() -> deleteTemporaries(layout.directory()));
    }
    for (String folder : names(layout.directory())) {
      Optional<KeyName> key = StoreLayout.keyOf(folder);
      if (key.isPresent()) {
        clear(key.get());
      }
    }
  }

  private void clear(KeyName key) throws BackendFailure {
    Path folder = layout.key(key);
    try {
      files.checkDirectory(folder);
    } catch (IOException e) {
      return; // An unusable folder keeps nobody from the other keys; its own use says what is
      // wrong.
    }
    if (!temporaries(folder).isEmpty()) {
      lock.tryHoldingKey(key, () -> deleteTemporaries(folder));
    }
    if (markedThoughCreated(key)) {
      lock.tryHoldingKey(key, () -> endCreation(key));
    }
  }

  // A marker without a manifest stays: it says that nobody used the private key beside it.
  private boolean markedThoughCreated(KeyName key) {
    return marker.present(key) && files.exists(layout.manifest(key));
  }

  private boolean endCreation(KeyName key) throws BackendFailure {
    boolean ends = markedThoughCreated(key);
    if (ends) {
      marker.end(key);
    }
    return ends;
  }

  private int deleteTemporaries(Path folder) throws BackendFailure {
    List<String> temporaries = temporaries(folder);
    for (String name : temporaries) {
      try {
        files.delete(folder.resolve(name));
      } catch (IOException e) {
        throw DiskFailures.writing(folder.resolve(name), e);
      }
    }
    return temporaries.size();
  }

  private List<String> temporaries(Path folder) throws BackendFailure {
    return names(folder).stream().filter(n -> n.endsWith(SecureFiles.TEMPORARY)).toList();
  }

  private List<String> names(Path folder) throws BackendFailure {
    try {
      return files.names(folder);
    } catch (IOException e) {
      throw DiskFailures.reading(folder, e);
    }
  }
}
