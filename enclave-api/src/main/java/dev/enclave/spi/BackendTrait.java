package dev.enclave.spi;

import java.util.Optional;

/** A behaviour a backend declares. What it does not declare, it must not do. */
public enum BackendTrait {
  /** Calls leave the process: they may be lost, late or answered wrongly. */
  REMOTE(null),
  /** Keys survive {@link SigningBackend#close()} and are there when opened again. */
  PERSISTENT(null),
  /** A read right after a write may not see it yet. */
  EVENTUALLY_CONSISTENT(null),
  /** Of two racing {@link KeyRotator#activate} calls one fails with CONFLICT, always. */
  COMPARE_AND_SET(null),
  /** Keys carry the stamp of {@link CreateRequest#stamp()}. */
  STAMPS(null),
  /** Names its keys: {@link KeyLister}. */
  LISTS(KeyLister.class),
  /** Its keys can have further versions: {@link KeyRotator}. */
  ROTATES(KeyRotator.class),
  /** Switches versions off and on, and destroys them: {@link KeyStateChanger}. */
  CHANGES_STATE(KeyStateChanger.class),
  /** Has keys that wrap data keys: {@link KeyWrapper}. */
  WRAPS(KeyWrapper.class),
  /** Uses keys that something else made: {@link KeyAdopter}. */
  ADOPTS(KeyAdopter.class),
  /** Takes whole keys in, which the engine read from a backup: {@link KeyImporter}. */
  IMPORTS(KeyImporter.class),
  /** Gives whole keys out, which the engine writes as a backup: {@link KeyExporter}. */
  EXPORTS(KeyExporter.class),
  /** Seals its keys under a passphrase that can be changed: {@link Resealer}. */
  RESEALS(Resealer.class),
  /** Finds and removes what interrupted creations left behind: {@link OrphanCollector}. */
  RECONCILES(OrphanCollector.class),
  /** Tells which permissions its identity has: {@link PermissionProber}. */
  PROBES_PERMISSIONS(PermissionProber.class),
  /** Certifies where a key was made: {@link Attester}. */
  ATTESTS(Attester.class);

  private final Optional<Class<?>> capability;

  BackendTrait(@org.jspecify.annotations.Nullable Class<?> capability) {
    this.capability = Optional.ofNullable(capability);
  }

  /** The interface a backend with this trait implements; none for a trait of behaviour alone. */
  public Optional<Class<?>> capability() {
    return capability;
  }
}
