package dev.enclave.software.internal.directory;

import dev.enclave.KeyName;
import dev.enclave.software.internal.disk.DiskFailures;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The file that lies in a key's folder from before a private key is written until after the
 * manifest that knows it is. It names the private keys' files, and so tells those of a creation or
 * rotation that was cut short, which nobody used, from those of a key whose manifest was lost or
 * put back. Thread-safe.
 */
public final class CreationMarker {

  private static final int LONGEST_FILE = 1 << 16;

  private final SecureFiles files;
  private final StoreLayout layout;

  public CreationMarker(SecureFiles files, StoreLayout layout) {
    this.files = files;
    this.layout = layout;
  }

  /**
   * Whether private keys lie in the folder without the manifest they belong to. A creation that
   * goes on meanwhile is none such; the caller has seen no manifest, and looks again.
   */
  public boolean suspectsLoss(KeyName name) throws BackendFailure {
    // In this order: a private key comes after its marker, and the marker goes after the manifest.
    List<String> found = privateKeys(name);
    return !found.isEmpty() && !named(name).containsAll(found);
  }

  /** Marks, under the key's lock, that private keys of these file names are coming. */
  public void begin(KeyName name, List<String> privateKeyFiles) throws BackendFailure {
    Path folder = layout.key(name);
    try {
      files.replace(
          layout.creating(name),
          String.join("\n", privateKeyFiles).getBytes(StandardCharsets.UTF_8));
      files.sync(folder);
    } catch (IOException e) {
      throw DiskFailures.writing(folder, e);
    }
  }

  /** The files of the private keys that were marked as coming and are there. */
  public List<String> begun(KeyName name) throws BackendFailure {
    Set<String> named = named(name);
    return privateKeys(name).stream().filter(named::contains).toList();
  }

  private Set<String> named(KeyName name) throws BackendFailure {
    try {
      byte[] names = files.read(layout.creating(name), LONGEST_FILE);
      return new String(names, StandardCharsets.UTF_8).lines().collect(Collectors.toSet());
    } catch (NoSuchFileException e) {
      return Set.of();
    } catch (IOException e) {
      throw DiskFailures.reading(layout.creating(name), e);
    }
  }

  /** Ends a creation, under the key's lock: the manifest is there. */
  public void end(KeyName name) throws BackendFailure {
    try {
      files.delete(layout.creating(name));
    } catch (IOException e) {
      throw DiskFailures.writing(layout.creating(name), e);
    }
  }

  public boolean present(KeyName name) {
    return files.exists(layout.creating(name));
  }

  public BackendFailure lost(KeyName name) {
    return BackendFailure.permanent(
        FailureCode.CORRUPT,
        "Folder "
            + layout.key(name)
            + " has private keys of key "
            + name
            + " but no "
            + layout.manifest(name).getFileName()
            + ". Put that file back from a copy of the directory, or move the folder away and"
            + " restore the key from its backup with: enclave keys restore. Only if the key was"
            + " never used, remove the folder.");
  }

  private List<String> privateKeys(KeyName name) throws BackendFailure {
    try {
      return files.names(layout.key(name)).stream().filter(StoreLayout::isPrivateKey).toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw DiskFailures.reading(layout.key(name), e);
    }
  }
}
