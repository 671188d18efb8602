package dev.enclave.software.internal.masters;

import dev.enclave.KeyName;
import dev.enclave.software.internal.directory.StoreLayout;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.software.store.SealingKeyPlace;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.io.IOException;
import java.util.List;

/** What to say of a store whose sealing key is not what it was: which keys, and what helps. */
public final class LostStore {

  private static final int MOST_NAMES = 20;

  private final SecureFiles files;
  private final StoreLayout layout;
  private final SealingKeyPlace place;

  public LostStore(SecureFiles files, StoreLayout layout, SealingKeyPlace place) {
    this.files = files;
    this.layout = layout;
    this.place = place;
  }

  public BackendFailure sealingKeyGone() {
    return lost(
        place.title() + " has no sealing key (any more) for store " + layout.directory() + ".");
  }

  public BackendFailure sealingKeyChanged() {
    return lost(
        "The sealing key that "
            + place.title()
            + " has for store "
            + layout.directory()
            + " is not the one it was made with, or "
            + layout.parameters()
            + " was changed.");
  }

  private BackendFailure lost(String observed) {
    List<KeyName> keys = keys();
    return BackendFailure.permanent(
        FailureCode.CORRUPT,
        observed
            + (keys.isEmpty() ? " There are no keys in it." : " " + named(keys))
            + " "
            + place.recovery()
            + " If that is not possible, begin anew with: enclave keys reinitialise; and restore"
            + " keys from their backups with: enclave keys restore.");
  }

  private static String named(List<KeyName> keys) {
    String names =
        String.join(", ", keys.stream().limit(MOST_NAMES).map(KeyName::value).toList())
            + (keys.size() > MOST_NAMES ? ", …" : "");
    return (keys.size() == 1 ? "Its only key (" : "None of its " + keys.size() + " keys (")
        + names
        + (keys.size() == 1 ? ") cannot be used" : ") can be used")
        + " without it.";
  }

  /** All keys that have a folder in the store, sorted; none where it cannot be read. */
  public List<KeyName> keys() {
    try {
      return files.names(layout.directory()).stream()
          .flatMap(folder -> StoreLayout.keyOf(folder).stream())
          .sorted()
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }
}
