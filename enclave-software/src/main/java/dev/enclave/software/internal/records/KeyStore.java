package dev.enclave.software.internal.records;

import dev.enclave.Bytes;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.crypto.LocalKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.software.internal.directory.CreationMarker;
import dev.enclave.software.internal.directory.StoreLayout;
import dev.enclave.software.internal.directory.StoreLock;
import dev.enclave.software.internal.disk.DiskFailures;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.software.internal.masters.CurrentMaster;
import dev.enclave.software.internal.sealing.Manifest;
import dev.enclave.software.internal.sealing.ManifestCodec;
import dev.enclave.software.internal.sealing.MasterKeyring;
import dev.enclave.software.internal.sealing.RecordSealer;
import dev.enclave.software.internal.sealing.SealHeader;
import dev.enclave.software.internal.sealing.SealHeader.Kind;
import dev.enclave.software.internal.sealing.VersionEntry;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.BackendContext;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Reads and writes the files of keys: per key a folder with a sealed manifest, and a sealed private
 * key for each version. Reading needs no lock, since files are replaced as a whole; writing needs
 * the key's {@link StoreLock}. Thread-safe.
 */
public final class KeyStore implements AutoCloseable {

  private final SecureFiles disk;
  private final StoreLayout layout;
  private final StoreLock locks;
  private final RecordSealer sealer;
  private final CurrentMaster master;
  private final KeyFiles files;
  private final String storeId;
  private final SecureRandom random;
  private final CreationMarker marker;
  private final KeyLeftovers leftovers;
  private final ManifestCache manifests;

  public KeyStore(
      SecureFiles disk,
      StoreLayout layout,
      StoreLock locks,
      RecordSealer sealer,
      String storeId,
      BackendContext context) {
    this.disk = disk;
    this.layout = layout;
    this.locks = locks;
    this.sealer = sealer;
    this.master = new CurrentMaster(disk, layout, sealer.masters(), storeId);
    this.files = new KeyFiles(disk, sealer, master, storeId, context.environment());
    this.storeId = storeId;
    this.random = context.random();
    this.marker = new CreationMarker(disk, layout);
    this.leftovers = new KeyLeftovers(disk, layout, files, marker);
    this.manifests = new ManifestCache(locks, context.time());
    locks.recoverBy(this::recover);
  }

  public CurrentMaster master() {
    return master;
  }

  public MasterKeyring masters() {
    return sealer.masters();
  }

  /** The key's manifest, from memory where nothing was written since it was read. */
  public Manifest read(KeyName name) throws BackendFailure {
    Manifest fresh = manifests.fresh(name);
    return fresh != null ? fresh : readAnew(name);
  }

  /**
   * The key's manifest as it is on the disk now. Of a version whose private key is missing it says
   * whether that was destroyed: the manifest says so before the private key is deleted.
   */
  public Manifest readAnew(KeyName name) throws BackendFailure {
    return reread(name)
        .orElseThrow(
            () ->
                BackendFailure.permanent(
                    FailureCode.NOT_FOUND,
                    "There is no key "
                        + name
                        + " in "
                        + layout.directory()
                        + ". Create it, or check the name and whether the directory is the right one."));
  }

  /**
   * The key's manifest, from memory where nothing was written since it was read.
   *
   * @return none when there is no key, or only a creation that goes on or was cut short
   * @throws BackendFailure CORRUPT if there is a key but its manifest is lost or was put back
   */
  public Optional<Manifest> find(KeyName name) throws BackendFailure {
    Manifest fresh = manifests.fresh(name);
    return fresh != null ? Optional.of(fresh) : reread(name);
  }

  private Optional<Manifest> reread(KeyName name) throws BackendFailure {
    locks.followCounters();
    finishAbandonedChange(name);
    long changes = locks.changes(name);
    Optional<Bytes> file = readManifest(name);
    if (file.isEmpty() && marker.suspectsLoss(name)) {
      file = readManifest(name);
      if (file.isEmpty()) {
        throw marker.lost(name);
      }
    }
    if (file.isEmpty()) {
      return Optional.empty();
    }
    boolean known = manifests.holding(name, file.get()).isPresent();
    Manifest manifest = accept(name, file.get(), changes);
    if (!known && !leftovers.ofDestroyed(name, manifest.versions()).isEmpty()) {
      finishDestruction(name);
    }
    return Optional.of(manifest);
  }

  private Manifest accept(KeyName name, Bytes file, long changes) throws BackendFailure {
    Manifest manifest = unsealUnlessKnown(name, file);
    Optional<Manifest> later = manifests.put(file, manifest, changes);
    if (later.isEmpty()) {
      return manifest;
    }
    // Another thread may have read after this one and come first. What is read now cannot be older
    // than what that thread saw.
    Optional<Bytes> again = readManifest(name);
    Manifest latest = again.isPresent() ? unsealUnlessKnown(name, again.get()) : manifest;
    if (ManifestCache.precedes(latest, later.get())) {
      throw ManifestCache.putBack(latest, later.get(), layout.manifest(name));
    }
    return latest;
  }

  private Manifest unsealUnlessKnown(KeyName name, Bytes file) throws BackendFailure {
    Optional<Manifest> known = manifests.holding(name, file);
    return known.isPresent() ? known.get() : unseal(name, file);
  }

  /** Deletes what a destruction left that was cut short, unless it goes on. */
  private void finishDestruction(KeyName name) {
    try {
      locks.tryHoldingKey(name, () -> recover(name));
    } catch (BackendFailure e) {
      return; // Nobody uses what is destroyed; whoever changes the key tries again.
    }
  }

  private void finishAbandonedChange(KeyName name) {
    try {
      locks.recoverIfCutShort(name);
    } catch (BackendFailure e) {
      return; // It stays as it is; reading goes on without the lock.
    }
  }

  /** Clears and settles what a crash left of some of the keys, under their lock. */
  private void recover(Predicate<KeyName> keys) throws BackendFailure {
    for (KeyName name : folders()) {
      if (keys.test(name)) {
        recover(name);
      }
    }
  }

  private boolean recover(KeyName name) throws BackendFailure {
    try {
      tidy(name);
      settle(name);
      return true;
    } catch (BackendFailure e) {
      if (e.failureClass() != FailureClass.PERMANENT) {
        throw e;
      }
      return false; // Damaged: no repetition helps, and whoever uses the key is told.
    }
  }

  private Optional<Bytes> readManifest(KeyName name) throws BackendFailure {
    try {
      disk.checkDirectory(layout.key(name));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw DiskFailures.reading(layout.key(name), e);
    }
    return files.read(layout.manifest(name));
  }

  private Manifest unseal(KeyName name, Bytes file) throws BackendFailure {
    Path path = layout.manifest(name);
    RecordSealer.Sealed sealed = files.parse(file, path);
    SealHeader header = sealed.header();
    if (header.kind() != Kind.MANIFEST || !header.key().equals(name.value())) {
      throw KeyFiles.misplaced(header, path);
    }
    try {
      return ManifestCodec.decode(header, files.unseal(sealed, path));
    } catch (IOException e) {
      throw RecordSealer.damaged(path);
    }
  }

  /**
   * Clears, under the key's lock, what a crash or a failed change left in its folder.
   *
   * @throws BackendFailure when that fails; of the caller's own change nothing has happened
   */
  public void tidy(KeyName name) throws BackendFailure {
    Optional<Bytes> file = readManifest(name);
    leftovers.clear(name, file.isPresent() ? unseal(name, file.get()).versions() : List.of());
  }

  /**
   * Makes durable what was found done.
   *
   * @throws BackendFailure AMBIGUOUS when that fails
   */
  public void settle(KeyName name) throws BackendFailure {
    BackendFailure.afterChange(
        "Key " + name + " was changed already.",
        () -> {
          leftovers.sync(name);
          return name;
        });
  }

  /** Makes the key's folder where it is missing, and marks that private keys are coming. */
  public void beginCreation(KeyName name, List<VersionEntry> versions) throws BackendFailure {
    try {
      disk.createDirectory(layout.key(name));
      // It may have been made by somebody who was killed before this.
      disk.sync(layout.directory());
    } catch (IOException e) {
      throw DiskFailures.writing(layout.key(name), e);
    }
    marker.begin(name, versions.stream().map(VersionEntry::file).toList());
  }

  /** Whether a creation or rotation goes on, or was cut short, before or after the manifest. */
  public boolean isCreating(KeyName name) {
    return marker.present(name);
  }

  /**
   * Puts a manifest in place of the key's: with it the change has happened. Then the private keys
   * of the versions that it destroys are deleted.
   *
   * @throws BackendFailure AMBIGUOUS once the manifest has its place; of another class when it has
   *     not, and nothing happened
   */
  public void write(Manifest manifest) throws BackendFailure {
    KeyName name = manifest.name();
    files.replace(
        layout.manifest(name),
        SealHeader.ofManifest(storeId, manifest),
        ManifestCodec.encode(manifest));
    BackendFailure.afterChange(
        "The manifest of key " + name + " was replaced.", () -> finished(manifest));
  }

  private Manifest finished(Manifest manifest) throws BackendFailure {
    KeyName name = manifest.name();
    files.sync(layout.key(name));
    manifests.wrote(manifest);
    leftovers.deleteDestroyed(name, manifest.versions());
    if (marker.present(name)) {
      marker.end(name);
    }
    return manifest;
  }

  /** A name no file of the folder has: no private key is ever overwritten. */
  public String newPrivateKeyFile(String version) {
    byte[] unique = new byte[4];
    random.nextBytes(unique);
    return StoreLayout.privateKeyFile(version, HexFormat.of().formatHex(unique));
  }

  public void writePrivateKey(
      KeyName name,
      VersionEntry version,
      KeyAlgorithm algorithm,
      EnvironmentType stamp,
      LocalKey key)
      throws BackendFailure {
    try (SecretBytes material = key.encode()) {
      byte[] secret = material.exposeSecret();
      try {
        files.replace(
            layout.privateKey(name, version.file()),
            SealHeader.ofPrivateKey(storeId, name, version, algorithm, stamp),
            secret);
      } finally {
        Arrays.fill(secret, (byte) 0);
      }
      files.sync(layout.key(name));
    }
  }

  /**
   * The private key of a version.
   *
   * @return none when the file is not there
   */
  public Optional<LocalKey> readPrivateKey(Manifest manifest, VersionEntry version)
      throws BackendFailure {
    Path path = layout.privateKey(manifest.name(), version.file());
    Optional<Bytes> file = files.readUnshared(path);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    RecordSealer.Sealed sealed = files.parse(file.get(), path);
    if (!sealed
        .header()
        .equals(
            SealHeader.ofPrivateKey(
                storeId, manifest.name(), version, manifest.algorithm(), manifest.stamp()))) {
      throw KeyFiles.misplaced(sealed.header(), path);
    }
    try (SecretBytes material = SecretBytes.takeOver(files.unseal(sealed, path))) {
      LocalKey key = LocalKey.decode(manifest.algorithm(), material, random);
      if (!key.publicKey().equals(version.publicKey())) {
        key.close();
        throw RecordSealer.damaged(path);
      }
      return Optional.of(key);
    } catch (EnclaveException e) {
      throw RecordSealer.damaged(path);
    }
  }

  public boolean hasPrivateKey(KeyName name, VersionEntry version) {
    return disk.exists(layout.privateKey(name, version.file()));
  }

  /**
   * Seals the key's files under the current master key, under the locks of the store and the key.
   *
   * @throws BackendFailure when a private key is missing, after all others have been sealed: who
   *     puts its file back from a copy needs the old master key
   */
  public void reseal(KeyName name) throws BackendFailure {
    tidy(name);
    Optional<Manifest> manifest = reread(name);
    if (manifest.isEmpty()) {
      return;
    }
    List<Path> missing = new ArrayList<>();
    for (VersionEntry version : manifest.get().versions()) {
      Path path = layout.privateKey(name, version.file());
      if (!files.reseal(path) && version.state() != KeyState.DESTROYED) {
        missing.add(path);
      }
    }
    files.reseal(layout.manifest(name));
    files.sync(layout.key(name));
    if (!missing.isEmpty()) {
      throw BackendFailure.permanent(
              FailureCode.CORRUPT,
              "There is no file "
                  + missing.get(0)
                  + ". Put it back from a copy of the directory, or destroy that version of key "
                  + name
                  + ".")
          .naming(missing.get(0).toString());
    }
  }

  /** All keys with a manifest, readable or not, sorted. */
  public List<KeyName> names() throws BackendFailure {
    List<KeyName> names = new ArrayList<>();
    for (KeyName name : folders()) {
      // A key whose manifest is lost is named too, so that nobody thinks it never was.
      if (disk.exists(layout.manifest(name)) || marker.suspectsLoss(name)) {
        names.add(name);
      }
    }
    return names;
  }

  /** As {@link #names}, and those whose creation goes on or was cut short. */
  public List<KeyName> folders() throws BackendFailure {
    try {
      return disk.names(layout.directory()).stream()
          .flatMap(folder -> StoreLayout.keyOf(folder).stream())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw DiskFailures.reading(layout.directory(), e);
    }
  }

  @Override
  public void close() {
    manifests.clear();
    sealer.close();
  }
}
