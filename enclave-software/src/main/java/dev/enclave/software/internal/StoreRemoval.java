package dev.enclave.software.internal;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.software.store.StoreKind;
import dev.enclave.spi.BackendContext;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyLister;
import dev.enclave.spi.SigningBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Takes a store away with its sealing key, once every key in it is destroyed. */
public final class StoreRemoval {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int LONGEST_FILE = 1 << 20;

  private final BackendContext context;
  private final StoreKind kind;
  private final StoreLayout layout;

  private StoreRemoval(BackendContext context, StoreKind kind, StoreLayout layout) {
    this.context = context;
    this.kind = kind;
    this.layout = layout;
  }

  /** That of the store the settings name. */
  public static StoreRemoval of(BackendContext context, StoreKind kind) throws BackendFailure {
    try (SoftwareSettings settings = SoftwareSettings.of(context, kind)) {
      return new StoreRemoval(context, kind, new StoreLayout(settings.directory()));
    }
  }

  /** The sealing key first: without it whatever is left opens nothing. */
  public void run() throws BackendFailure {
    String storeId;
    try {
      SecureFiles files = new SecureFiles(context.random());
      byte[] content = files.read(layout.parameters(), LONGEST_FILE);
      storeId = StoreParameters.parse(content, layout.parameters()).storeId();
    } catch (NoSuchFileException e) {
      return;
    } catch (IOException e) {
      throw DiskFailures.reading(layout.parameters(), e);
    }
    requireAllDestroyed();
    kind.place().orElseThrow().remove(storeId);
    delete();
  }

  private void requireAllDestroyed() throws BackendFailure {
    try (SigningBackend backend = StoreOpener.open(context, kind)) {
      for (KeyName name : ((KeyLister) backend).list(call())) {
        boolean destroyed =
            backend.load(name, call()).versions().stream()
                .allMatch(version -> version.state() == KeyState.DESTROYED);
        if (!destroyed) {
          throw BackendFailure.permanent(
              FailureCode.REFUSED,
              "Key "
                  + name
                  + " in store "
                  + layout.directory()
                  + " can still be used. Destroy it first with: enclave keys destroy.");
        }
      }
    }
  }

  private CallContext call() {
    return new CallContext("remove-store", 1, context.time().now().plus(PATIENCE), context.time());
  }

  private void delete() throws BackendFailure {
    try (Stream<Path> files = Files.walk(layout.directory())) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw DiskFailures.writing(layout.directory(), e);
    }
  }
}
