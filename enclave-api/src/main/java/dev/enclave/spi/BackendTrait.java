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
  LISTS(KeyLister.class),
  ROTATES(KeyRotator.class),
  CHANGES_STATE(KeyStateChanger.class),
  WRAPS(KeyWrapper.class),
  ADOPTS(KeyAdopter.class),
  IMPORTS(KeyImporter.class),
  EXPORTS(KeyExporter.class),
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
