package dev.enclave.spi.backend;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A behaviour of a backend. Those without a {@link #capability()} stand in its {@link
 * BackendDescription}; the others follow from {@link SigningBackend#capability}. What a backend
 * neither declares nor has, it must not do.
 */
public enum BackendTrait {
  /** Calls leave the process: they may be lost, late or answered wrongly. */
  REMOTE(null),
  /**
   * Signs, wraps and unwraps in the memory of this process, although it is {@link #REMOTE}: what
   * leaves the process are readings and changes of keys. A use is then recorded as that of a local
   * backend, and its signature is not verified before it is given out.
   */
  USES_KEYS_IN_PROCESS(null),
  /** Keys survive {@link SigningBackend#close()} and are there when opened again. */
  PERSISTENT(null),
  /** A read right after a write may not see it yet. */
  EVENTUALLY_CONSISTENT(null),
  /** Of two racing {@link KeyRotator#activate} calls one fails with CONFLICT, always. */
  COMPARE_AND_SET(null),
  /** Keys carry the stamp of {@link CreateRequest#stamp()}. */
  STAMPS(null),
  /**
   * Every reading of a key has the public key of each version that is destroyed, for as long as the
   * name is taken. The engine destroys no version of a signing key of a backend without this trait
   * before the audit log has the public key: else nobody could verify what the version signed.
   */
  KEEPS_PUBLIC_KEYS(null),
  /** Makes keys: {@link KeyCreator}. */
  CREATES(KeyCreator.class),
  /** Signs: {@link KeySigner}. */
  SIGNS(KeySigner.class),
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
  /** Seals its keys under a key of another backend that may rotate: {@link KeyRewrapper}. */
  REWRAPS(KeyRewrapper.class),
  /** Finds and removes what interrupted creations left behind: {@link OrphanCollector}. */
  RECONCILES(OrphanCollector.class),
  /** Tells which permissions its identity has: {@link PermissionProber}. */
  PROBES_PERMISSIONS(PermissionProber.class),
  /** Certifies where a key was made: {@link Attester}. */
  ATTESTS(Attester.class);

  private final Optional<Class<? extends Capability>> capability;

  BackendTrait(@org.jspecify.annotations.Nullable Class<? extends Capability> capability) {
    this.capability = Optional.ofNullable(capability);
  }

  /** The capability that a backend with this trait has; none for a trait that is declared. */
  public Optional<Class<? extends Capability>> capability() {
    return capability;
  }

  /** Those that a {@link BackendDescription} declares. */
  public static Set<BackendTrait> declared(Set<BackendTrait> traits) {
    return traits.stream()
        .filter(trait -> trait.capability().isEmpty())
        .collect(Collectors.toUnmodifiableSet());
  }
}
