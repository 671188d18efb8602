package dev.enclave.core.internal.key;

import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.core.internal.config.Adoption;
import dev.enclave.core.internal.config.SettingNames;
import dev.enclave.internal.ForeignText;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What was said of the stamp of one adopted key, which is said again of another. Thread-safe. */
final class AdoptedStamp {

  private static final System.Logger LOG = System.getLogger("dev.enclave");

  private final KeyName name;
  private final Adoption adoption;
  private final AtomicReference<@Nullable StampReading> recorded = new AtomicReference<>();
  private final AtomicReference<@Nullable StampReading> read = new AtomicReference<>();

  AdoptedStamp(KeyName name, Adoption adoption) {
    this.name = name;
    this.adoption = adoption;
  }

  Adoption adoption() {
    return adoption;
  }

  /**
   * Whether an adoption is to be recorded: at the first reading, and whenever another stamp is
   * read.
   */
  boolean toRecord(StampReading stamp) {
    return !stamp.equals(recorded.getAndSet(stamp));
  }

  /** The adoption could not be recorded after all. */
  void unrecorded() {
    recorded.set(null);
  }

  /** Warns if the stamp ceased to be readable and a setting accepts that. */
  void note(StampReading stamp) {
    boolean another = !stamp.equals(read.getAndSet(stamp));
    if (another && adoption.acceptsUnreadableStamp() && stamp instanceof StampReading.Unreadable) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Key {0} is used although its environment stamp is {1}; setting {2} accepts that",
          name,
          ForeignText.of(stamp),
          SettingNames.acceptUnreadableStamp(name));
    }
  }
}
