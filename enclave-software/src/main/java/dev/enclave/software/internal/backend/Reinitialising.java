package dev.enclave.software.internal.backend;

import dev.enclave.KeyName;
import dev.enclave.software.internal.directory.StoreLayout;
import dev.enclave.software.internal.disk.DiskFailures;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.software.internal.masters.LostStore;
import dev.enclave.software.internal.texts.Texts;
import dev.enclave.software.store.StoreKind;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/** Gives up a store that cannot be opened any more: moves it aside, and deletes nothing. */
public final class Reinitialising {

  private static final DateTimeFormatter WHEN =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final BackendContext context;
  private final StoreKind kind;
  private final StoreLayout layout;

  private Reinitialising(BackendContext context, StoreKind kind, StoreLayout layout) {
    this.context = context;
    this.kind = kind;
    this.layout = layout;
  }

  /** That of the store the settings name. */
  public static Reinitialising of(BackendContext context, StoreKind kind) throws BackendFailure {
    try (SoftwareSettings settings = SoftwareSettings.of(context, kind)) {
      return new Reinitialising(context, kind, new StoreLayout(settings.directory()));
    }
  }

  /** The keys that are given up with the store. */
  public List<KeyName> atStake() {
    SecureFiles files = new SecureFiles(context.random());
    return new LostStore(files, layout, kind.place().orElseThrow()).keys();
  }

  /**
   * Moves the store aside.
   *
   * @return where it lies now
   */
  public Path run(List<KeyName> givenUp) throws BackendFailure {
    requireBroken();
    List<KeyName> atStake = atStake();
    if (!Set.copyOf(givenUp).equals(Set.copyOf(atStake))) {
      throw Texts.OTHER_KEYS_NAMED.permanent(
          FailureCode.REFUSED, layout.directory(), atStake.isEmpty() ? "none" : atStake);
    }
    Path parent = Objects.requireNonNull(layout.directory().getParent());
    Path aside =
        parent.resolve(
            layout.directory().getFileName() + ".given-up-" + WHEN.format(context.time().now()));
    SecureFiles files = new SecureFiles(context.random());
    try {
      files.move(layout.directory(), aside);
    } catch (IOException e) {
      throw DiskFailures.writing(layout.directory(), e);
    }
    try {
      files.sync(parent);
    } catch (IOException e) {
      throw DiskFailures.syncing(parent, e);
    }
    return aside;
  }

  /** Only what no opening can use: a locked place, or an open store, is no reason to lose keys. */
  private void requireBroken() throws BackendFailure {
    if (!Files.exists(layout.directory())) {
      throw whole(Texts.NO_STORE.with(layout.directory()));
    }
    try {
      StoreOpener.open(context, kind).close();
    } catch (BackendFailure e) {
      if (e.code() == FailureCode.CORRUPT) {
        return;
      }
      throw e;
    }
    throw whole(Texts.STORE_OPENS.with(layout.directory()));
  }

  private static BackendFailure whole(String observed) {
    return Texts.SINGLE_KEYS.permanent(FailureCode.REFUSED, observed);
  }
}
