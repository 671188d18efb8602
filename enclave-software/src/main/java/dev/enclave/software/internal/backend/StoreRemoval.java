package dev.enclave.software.internal.backend;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.internal.StatementText;
import dev.enclave.software.internal.directory.StoreLayout;
import dev.enclave.software.internal.disk.DiskFailures;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.software.internal.masters.StoreParameters;
import dev.enclave.software.internal.texts.Texts;
import dev.enclave.software.store.StoreKind;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.spi.backend.SigningBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Takes a store away with its sealing key, once every key in it but the statement key is destroyed.
 * The store gets another name first; from then on there is none, and a repetition removes what is
 * left.
 */
public final class StoreRemoval {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Pattern STORE_ID = Pattern.compile("[0-9a-f]{32}");

  private final BackendContext context;
  private final StoreKind kind;
  private final StoreLayout layout;
  private final SecureFiles files;

  private StoreRemoval(BackendContext context, StoreKind kind, StoreLayout layout) {
    this.context = context;
    this.kind = kind;
    this.layout = layout;
    this.files = new SecureFiles(context.random());
  }

  /** That of the store the settings name. */
  public static StoreRemoval of(BackendContext context, StoreKind kind) throws BackendFailure {
    try (SoftwareSettings settings = SoftwareSettings.of(context, kind)) {
      return new StoreRemoval(context, kind, new StoreLayout(settings.directory()));
    }
  }

  /** Removes the store, or what is left of one. */
  public void run() throws BackendFailure {
    Optional<StoreParameters> store = StoreParameters.find(files, layout);
    if (store.isPresent()) {
      requireAllDestroyed();
      takeAway(store.get().storeId());
    }
    for (String name : takenAway()) {
      BackendFailure.afterChange(
          Texts.STORE_TAKEN_AWAY.with(layout.directory()), () -> removed(name));
    }
  }

  private Path parent() {
    return Objects.requireNonNull(layout.directory().getParent());
  }

  /** What a store is called that was taken away, before its id. */
  private String prefix() {
    return layout.directory().getFileName() + ".removed-";
  }

  private void takeAway(String storeId) throws BackendFailure {
    try {
      files.move(layout.directory(), parent().resolve(prefix() + storeId));
    } catch (IOException e) {
      throw DiskFailures.writing(layout.directory(), e);
    }
    try {
      files.sync(parent());
    } catch (IOException e) {
      throw DiskFailures.syncing(parent(), e);
    }
  }

  private List<String> takenAway() throws BackendFailure {
    try {
      return files.names(parent()).stream()
          .filter(name -> name.startsWith(prefix()))
          .filter(name -> STORE_ID.matcher(name.substring(prefix().length())).matches())
          .toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw DiskFailures.reading(parent(), e);
    }
  }

  private Path removed(String name) throws BackendFailure {
    kind.place().orElseThrow().remove(name.substring(prefix().length()));
    Path directory = parent().resolve(name);
    delete(directory);
    return directory;
  }

  private void requireAllDestroyed() throws BackendFailure {
    try (SigningBackend backend = StoreOpener.open(context, kind)) {
      for (KeyName name : backend.capability(KeyLister.class).orElseThrow().list(call())) {
        // The statement key states things of the others, and nobody can name it to destroy it.
        boolean ofUse =
            !name.value().startsWith(StatementText.KEYS)
                && backend.load(name, call()).versions().stream()
                    .anyMatch(version -> version.state() != KeyState.DESTROYED);
        if (ofUse) {
          throw Texts.KEY_CAN_STILL_BE_USED.permanent(
              FailureCode.REFUSED, name, layout.directory());
        }
      }
    }
  }

  private CallContext call() {
    return CallContext.of("remove-store", 1, Deadline.in(PATIENCE, context.time()), context.time());
  }

  private static void delete(Path directory) throws BackendFailure {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw DiskFailures.writing(directory, e);
    }
  }
}
