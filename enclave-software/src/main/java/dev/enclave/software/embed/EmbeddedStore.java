package dev.enclave.software.embed;

import dev.enclave.KeyName;
import dev.enclave.software.internal.backend.Reinitialising;
import dev.enclave.software.internal.backend.SoftwareSettings;
import dev.enclave.software.internal.backend.StoreOpener;
import dev.enclave.software.internal.backend.StoreRemoval;
import dev.enclave.software.store.StoreKind;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.List;
import java.util.Optional;

/**
 * A store of sealed key files whose sealing key lies in another place, for a backend to be built
 * on. Reads the backend's setting {@code directory}. Thread-safe.
 */
public final class EmbeddedStore {

  private final StoreKind kind;

  /** One of a kind that has a place. */
  public EmbeddedStore(StoreKind kind) {
    this.kind = kind;
  }

  /** The directory as configured or by default; none when even the home directory is unknown. */
  public Optional<String> directory(EnvironmentSnapshot environment, BackendSettings settings) {
    return SoftwareSettings.directoryText(environment, settings, kind);
  }

  /** As {@link dev.enclave.spi.backend.BackendProvider#createsOnOpening}. */
  public List<String> creates(BackendContext context) throws BackendFailure {
    return StoreOpener.creates(context, kind);
  }

  /** Opens the store, and makes it where there is none. */
  public SigningBackend open(BackendContext context) throws BackendFailure {
    return StoreOpener.open(context, kind);
  }

  /** The keys that {@link #reinitialise} would give up. */
  public List<KeyName> atStake(BackendContext context) throws BackendFailure {
    return Reinitialising.of(context, kind).atStake();
  }

  /**
   * Moves a store that cannot be opened any more out of the way, so that the next opening makes a
   * new one. Deletes nothing.
   *
   * @param givenUp the keys that are given up, exactly those {@link #atStake} names
   * @return where the old store lies now
   * @throws BackendFailure when the store can be opened, or other keys are at stake
   */
  public String reinitialise(BackendContext context, List<KeyName> givenUp) throws BackendFailure {
    return Reinitialising.of(context, kind).run(givenUp).toString();
  }

  /**
   * Removes the store with its sealing key; does nothing where there is none.
   *
   * @throws BackendFailure while a key in it has a version that is not destroyed
   */
  public void remove(BackendContext context) throws BackendFailure {
    StoreRemoval.of(context, kind).run();
  }
}
