package dev.enclave.software.store;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.Optional;
import java.util.function.Function;

/**
 * What tells the stores of one backend from those of another.
 *
 * @param backend whose stores, and whose settings: {@code enclave.<backend>.directory}
 * @param assurance of every key in them
 * @param place where the sealing key lies; none for a passphrase or a file
 * @param defaultDirectory where a store lies when the setting says nothing; none where the home
 *     directory is unknown
 */
public record StoreKind(
    BackendId backend,
    Assurance assurance,
    Optional<SealingKeyPlace> place,
    Function<EnvironmentSnapshot, Optional<String>> defaultDirectory) {

  /** Passphrase or key file, in the user's home directory by default. */
  public static final StoreKind SOFTWARE =
      new StoreKind(
          BackendId.SOFTWARE,
          Assurance.SOFTWARE,
          Optional.empty(),
          environment -> environment.property("user.home").map(home -> home + "/.enclave/keys"));

  /** Stores whose sealing key lies in {@code place}. */
  public static StoreKind sealedBy(
      SealingKeyPlace place,
      BackendId backend,
      Assurance assurance,
      Function<EnvironmentSnapshot, Optional<String>> defaultDirectory) {
    return new StoreKind(backend, assurance, Optional.of(place), defaultDirectory);
  }
}
