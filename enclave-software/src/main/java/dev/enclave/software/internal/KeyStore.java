package dev.enclave.software.internal;

import dev.enclave.Bytes;
import dev.enclave.EnclaveException;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.crypto.LocalKey;
import dev.enclave.software.internal.SealHeader.Kind;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Reads and writes the files of keys: per key a folder with a sealed manifest, and a sealed private
 * key for each version. Reading needs no lock, since files are replaced as a whole; writing needs
 * the key's {@link StoreLock}. Thread-safe.
 */
final class KeyStore implements AutoCloseable {

  private static final int LONGEST_FILE = 1 << 24;

  private final SecureFiles files;
  private final StoreLayout layout;
  private final Sealer sealer;
  private final String storeId;
  private final EnvironmentType environment;
  private final SecureRandom random;
  private final CreationMarker marker;
  private final ConcurrentMap<KeyName, CachedManifest> manifests = new ConcurrentHashMap<>();

  KeyStore(
      SecureFiles files,
      StoreLayout layout,
      Sealer sealer,
      String storeId,
      EnvironmentType environment,
      SecureRandom random) {
    this.files = files;
    this.layout = layout;
    this.sealer = sealer;
    this.storeId = storeId;
    this.environment = environment;
    this.random = random;
    this.marker = new CreationMarker(files, layout);
  }

  /** The manifest that a file of this content holds. */
  private record CachedManifest(Bytes file, Manifest manifest) {}

  Manifest read(KeyName name) throws BackendFailure {
    return find(name)
        .orElseThrow(
            () ->
                BackendFailure.permanent(
                    FailureCode.NOT_FOUND,
                    "There is no key " + name + " in " + layout.directory() + ". Create it."));
  }

  /**
   * The key's manifest.
   *
   * @return none when there is no key, or only a creation that goes on or was cut short
   * @throws BackendFailure CORRUPT if there is a key but its manifest is lost
   */
  Optional<Manifest> find(KeyName name) throws BackendFailure {
    Optional<Bytes> file = readManifest(name);
    if (file.isEmpty() && marker.suspectsLoss(name)) {
      file = readManifest(name);
      if (file.isEmpty()) {
        throw marker.lost(name);
      }
    }
    return file.isPresent() ? Optional.of(unsealed(name, file.get())) : Optional.empty();
  }

  private Optional<Bytes> readManifest(KeyName name) throws BackendFailure {
    try {
      files.checkDirectory(layout.key(name));
      return Optional.of(Bytes.of(files.read(layout.manifest(name), LONGEST_FILE)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw DiskFailures.reading(layout.manifest(name), e);
    }
  }

  private Manifest unsealed(KeyName name, Bytes file) throws BackendFailure {
    CachedManifest cached = manifests.get(name);
    if (cached == null || !cached.file().equals(file)) {
      cached = new CachedManifest(file, unsealManifest(name, file, layout.manifest(name)));
      manifests.put(name, cached);
    }
    return cached.manifest();
  }

  private Manifest unsealManifest(KeyName name, Bytes file, Path path) throws BackendFailure {
    Sealer.Sealed sealed = Sealer.parse(file.toByteArray(), path);
    SealHeader header = sealed.header();
    requireOwn(header, path);
    if (header.kind() != Kind.MANIFEST || !header.key().equals(name.value())) {
      throw misplaced(header, path);
    }
    try {
      return ManifestCodec.decode(header, sealer.unseal(sealed, path));
    } catch (IOException e) {
      throw Sealer.damaged(path);
    }
  }

  private void requireOwn(SealHeader header, Path path) throws BackendFailure {
    if (header.storeId().equals(storeId)) {
      return;
    }
    boolean foreignStamp =
        Arrays.stream(EnvironmentType.values())
            .anyMatch(t -> t.name().equals(header.stamp()) && !environment.accepts(t));
    throw BackendFailure.permanent(
        foreignStamp ? FailureCode.STAMP_MISMATCH : FailureCode.CORRUPT,
        "File "
            + path
            + " belongs to another store"
            + (foreignStamp ? ", of environment " + header.stamp() : "")
            + ". Move it back; keys cannot be copied from store to store.");
  }

  private static BackendFailure misplaced(SealHeader header, Path path) {
    return BackendFailure.permanent(
        FailureCode.CORRUPT,
        "File "
            + path
            + " holds something else ("
            + header.kind()
            + " of key "
            + dev.enclave.Quoted.of(header.key())
            + "): files were swapped or renamed. Restore them from a backup.");
  }

  /** Makes the key's folder where it is missing, and marks that its first versions are coming. */
  void beginCreation(KeyName name, List<VersionEntry> first) throws BackendFailure {
    makeFolder(name);
    marker.begin(name, first.stream().map(VersionEntry::file).toList());
  }

  /** Whether a creation goes on, or was cut short, before or after it wrote the manifest. */
  boolean isCreating(KeyName name) {
    return marker.present(name);
  }

  /** Removes what a creation that was cut short left beside the manifest. */
  void endCreation(KeyName name) throws BackendFailure {
    marker.end(name);
  }

  private void makeFolder(KeyName name) throws BackendFailure {
    try {
      files.createDirectory(layout.key(name));
    } catch (IOException e) {
      throw DiskFailures.writing(layout.key(name), e);
    }
  }

  void write(Manifest manifest) throws BackendFailure {
    SealHeader header =
        new SealHeader(
            Kind.MANIFEST,
            storeId,
            manifest.name().value(),
            "",
            manifest.algorithm().name(),
            manifest.stamp().name());
    write(layout.manifest(manifest.name()), sealer.seal(header, ManifestCodec.encode(manifest)));
    marker.end(manifest.name());
  }

  /** A name no file of the folder has: no private key is ever overwritten. */
  String newPrivateKeyFile(String version) {
    byte[] unique = new byte[4];
    random.nextBytes(unique);
    return StoreLayout.privateKeyFile(version, HexFormat.of().formatHex(unique));
  }

  void writePrivateKey(
      KeyName name,
      VersionEntry version,
      KeyAlgorithm algorithm,
      EnvironmentType stamp,
      LocalKey key)
      throws BackendFailure {
    try (SecretBytes material = key.encode()) {
      byte[] secret = material.exposeSecret();
      try {
        write(
            layout.privateKey(name, version),
            sealer.seal(privateKeyHeader(name, version, algorithm, stamp), secret));
      } finally {
        Arrays.fill(secret, (byte) 0);
      }
    }
  }

  /**
   * The private key of a version.
   *
   * @return none when the file is not there
   */
  Optional<LocalKey> readPrivateKey(Manifest manifest, VersionEntry version) throws BackendFailure {
    Path path = layout.privateKey(manifest.name(), version);
    Sealer.Sealed sealed;
    try {
      sealed = Sealer.parse(files.read(path, LONGEST_FILE), path);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw DiskFailures.reading(path, e);
    }
    requireOwn(sealed.header(), path);
    if (!sealed
        .header()
        .equals(
            privateKeyHeader(manifest.name(), version, manifest.algorithm(), manifest.stamp()))) {
      throw misplaced(sealed.header(), path);
    }
    try (SecretBytes material = SecretBytes.takeOver(sealer.unseal(sealed, path))) {
      LocalKey key = LocalKey.decode(manifest.algorithm(), material, random);
      if (!key.publicKey().equals(version.publicKey())) {
        key.close();
        throw Sealer.damaged(path);
      }
      return Optional.of(key);
    } catch (EnclaveException e) {
      throw Sealer.damaged(path);
    }
  }

  private SealHeader privateKeyHeader(
      KeyName name, VersionEntry version, KeyAlgorithm algorithm, EnvironmentType stamp) {
    return new SealHeader(
        Kind.PRIVATE_KEY,
        storeId,
        name.value(),
        version.id().value(),
        algorithm.name(),
        stamp.name());
  }

  void deletePrivateKey(KeyName name, VersionEntry version) throws BackendFailure {
    Path path = layout.privateKey(name, version);
    try {
      if (!files.delete(path)) {
        return;
      }
    } catch (IOException e) {
      throw DiskFailures.writing(path, e);
    }
    sync(layout.key(name));
  }

  private void write(Path path, byte[] content) throws BackendFailure {
    try {
      files.replace(path, content);
    } catch (IOException e) {
      throw DiskFailures.writing(path, e);
    }
    sync(path.getParent());
  }

  private void sync(@org.jspecify.annotations.Nullable Path directory) throws BackendFailure {
    if (directory == null) {
      return;
    }
    try {
      files.sync(directory);
    } catch (IOException e) {
      throw DiskFailures.syncing(directory, e);
    }
  }

  /** All keys with a manifest, readable or not, sorted. */
  List<KeyName> names() throws BackendFailure {
    List<KeyName> names = new ArrayList<>();
    try {
      for (String folder : files.names(layout.directory())) {
        Optional<KeyName> name = StoreLayout.keyOf(folder);
        // A key whose manifest is lost is named too, so that nobody thinks it never was.
        if (name.isPresent()
            && (files.exists(layout.manifest(name.get())) || marker.suspectsLoss(name.get()))) {
          names.add(name.get());
        }
      }
    } catch (IOException e) {
      throw DiskFailures.reading(layout.directory(), e);
    }
    return names.stream().sorted().toList();
  }

  @Override
  public void close() {
    manifests.clear();
    sealer.close();
  }
}
