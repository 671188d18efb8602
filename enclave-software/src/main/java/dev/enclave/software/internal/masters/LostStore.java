package dev.enclave.software.internal.masters;

import dev.enclave.KeyName;
import dev.enclave.software.internal.directory.StoreLayout;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.software.internal.texts.Texts;
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
    return lost(Texts.NO_SEALING_KEY.with(place.title(), layout.directory()));
  }

  public BackendFailure sealingKeyChanged() {
    return lost(
        Texts.OTHER_SEALING_KEY.with(place.title(), layout.directory(), layout.parameters()));
  }

  private BackendFailure lost(String observed) {
    List<KeyName> keys = keys();
    return Texts.KEYS_LOST.permanent(
        FailureCode.CORRUPT,
        observed,
        keys.isEmpty() ? Texts.NO_KEYS_IN_IT.with() : " " + named(keys),
        place.recovery());
  }

  private static String named(List<KeyName> keys) {
    String names =
        String.join(", ", keys.stream().limit(MOST_NAMES).map(KeyName::value).toList())
            + (keys.size() > MOST_NAMES ? ", …" : "");
    return Texts.KEYS_WITHOUT_IT.with(
        keys.size() == 1 ? Texts.ITS_ONLY_KEY.with() : Texts.NONE_OF_ITS_KEYS.with(keys.size()),
        names,
        keys.size() == 1 ? Texts.CANNOT_BE_USED.with() : Texts.CAN_BE_USED.with());
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
