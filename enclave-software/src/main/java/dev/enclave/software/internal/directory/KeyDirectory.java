package dev.enclave.software.internal.directory;

import dev.enclave.internal.Quoted;
import dev.enclave.kit.claim.UnsafeFileException;
import dev.enclave.software.internal.disk.DiskFailures;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.software.internal.texts.Texts;
import dev.enclave.spi.BackendFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** The directory that the settings name: whether it is fit for a store, or can be made. */
public final class KeyDirectory {

  private final SecureFiles files;
  private final StoreLayout layout;
  private final String nameIt;

  /**
   * @param setting the full name of the setting that names the directory
   */
  public KeyDirectory(SecureFiles files, StoreLayout layout, String setting) {
    this.files = files;
    this.layout = layout;
    this.nameIt = Texts.SET_KEY_DIRECTORY.with(setting);
  }

  /** Makes it where it is missing, and checks it. */
  public void prepare() throws BackendFailure {
    try {
      checkOrExpect();
      files.createDirectory(layout.directory());
    } catch (IOException e) {
      throw DiskFailures.writing(layout.directory(), e);
    }
  }

  /** Checks the same and changes nothing. */
  public void check() throws BackendFailure {
    try {
      checkOrExpect();
      if (files.exists(layout.directory())
          && !files.exists(layout.parameters())
          && !files.writable(layout.directory())) {
        throw new UnsafeFileException(
            Texts.DIRECTORY_NOT_WRITABLE_BY_US.with(layout.directory()), nameIt);
      }
    } catch (IOException e) {
      throw DiskFailures.reading(layout.directory(), e);
    }
  }

  private void checkOrExpect() throws IOException {
    if (files.exists(layout.directory())) {
      checkExisting();
    } else {
      checkAncestor();
    }
  }

  private void checkExisting() throws IOException {
    Path directory = layout.directory();
    if (files.isFile(directory)) {
      throw new UnsafeFileException(Texts.IS_NO_DIRECTORY.with(directory), nameIt);
    }
    try {
      files.checkDirectory(directory);
    } catch (UnsafeFileException e) {
      Optional<String> shared = files.isLink(directory) ? Optional.empty() : sharedUse(directory);
      if (shared.isEmpty()) {
        throw e;
      }
      throw new UnsafeFileException(Texts.DIRECTORY_SHARED.with(directory, shared.get()), nameIt);
    }
  }

  /** What a directory is used for besides keys: then its mode must stay as it is. */
  private Optional<String> sharedUse(Path directory) throws IOException {
    if (files.exists(layout.parameters())) {
      return Optional.empty();
    }
    if (files.isSticky(directory)) {
      return Optional.of(Texts.IS_STICKY.with());
    }
    Optional<String> owner = files.foreignOwner(directory);
    if (owner.isPresent()) {
      return owner.map(name -> Texts.BELONGS_TO_USER.with(name));
    }
    return files.names(directory).stream()
        .filter(n -> !layout.knows(n))
        .findFirst()
        .map(name -> Texts.HOLDS_OTHER_FILES.with(Quoted.of(name)));
  }

  private void checkAncestor() throws IOException {
    Path ancestor = layout.directory();
    while (!files.exists(ancestor)) {
      Path parent = ancestor.getParent();
      if (parent == null) {
        throw new UnsafeFileException(
            Texts.NOTHING_TO_MAKE_IT_IN.with(ancestor, layout.directory()), nameIt);
      }
      ancestor = parent;
    }
    if (!files.leadsToDirectory(ancestor)) {
      throw cannotMake(ancestor, Texts.NOT_A_DIRECTORY.with());
    }
    if (!files.writable(ancestor)) {
      throw cannotMake(ancestor, Texts.MAY_NOT_BE_WRITTEN.with());
    }
  }

  private UnsafeFileException cannotMake(Path ancestor, String why) {
    return new UnsafeFileException(
        Texts.DIRECTORY_NOT_MADE.with(layout.directory(), ancestor, why), nameIt);
  }
}
