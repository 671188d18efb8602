package dev.enclave.software.internal.records;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.software.internal.directory.CreationMarker;
import dev.enclave.software.internal.directory.StoreLayout;
import dev.enclave.software.internal.disk.Leftovers;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.software.internal.sealing.VersionEntry;
import dev.enclave.spi.BackendFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a crash or a failed change left in a key's folder: half-written files; private keys that
 * were marked as coming and that no manifest came to name; and private keys of destroyed versions.
 * Private keys that nothing marks are left alone, since they may belong to a manifest that was lost
 * or put back. Thread-safe; everything but reading needs the key's lock.
 */
final class KeyLeftovers {

  private final SecureFiles disk;
  private final StoreLayout layout;
  private final KeyFiles files;
  private final CreationMarker marker;
  private final Leftovers halfWritten;

  KeyLeftovers(SecureFiles disk, StoreLayout layout, KeyFiles files, CreationMarker marker) {
    this.disk = disk;
    this.layout = layout;
    this.files = files;
    this.marker = marker;
    this.halfWritten = new Leftovers(disk);
  }

  /**
   * Clears all of it.
   *
   * @param versions what the manifest names; none without a manifest
   */
  void clear(KeyName name, List<VersionEntry> versions) throws BackendFailure {
    halfWritten.clear(layout.key(name));
    if (marker.present(name)) {
      List<String> unnamed = new ArrayList<>(marker.begun(name));
      unnamed.removeAll(versions.stream().map(VersionEntry::file).toList());
      for (String unused : unnamed) {
        files.delete(layout.key(name).resolve(unused));
      }
      sync(name);
      marker.end(name);
    }
    if (!ofDestroyed(name, versions).isEmpty()) {
      // The manifest may have been put in place and not made durable.
      sync(name);
      deleteDestroyed(name, versions);
    }
  }

  /** Deletes the private keys of destroyed versions, which a durable manifest says they are. */
  void deleteDestroyed(KeyName name, List<VersionEntry> versions) throws BackendFailure {
    List<Path> left = ofDestroyed(name, versions);
    for (Path privateKey : left) {
      files.delete(privateKey);
    }
    if (!left.isEmpty()) {
      files.sync(layout.key(name));
    }
  }

  /** The private keys of destroyed versions that are there still. */
  List<Path> ofDestroyed(KeyName name, List<VersionEntry> versions) {
    return versions.stream()
        .filter(version -> version.state() == KeyState.DESTROYED)
        .map(version -> layout.privateKey(name, version.file()))
        .filter(disk::exists)
        .toList();
  }

  /** Makes durable whatever was written to the key. */
  void sync(KeyName name) throws BackendFailure {
    files.sync(layout.key(name));
    files.sync(layout.directory());
  }
}
