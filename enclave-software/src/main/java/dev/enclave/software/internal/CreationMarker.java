package dev.enclave.software.internal;

import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * The file that lies in a key's folder from before its first private key is written until after its
 * manifest is. It names the files of the first private keys, a line each, and so tells a creation
 * that was cut short, whose private keys nobody used, from a key whose manifest was lost.
 * Thread-safe.
 */
final class CreationMarker {

  private static final int LONGEST = 1 << 20;

  private final SecureFiles files;
  private final StoreLayout layout;

  CreationMarker(SecureFiles files, StoreLayout layout) {
    this.files = files;
    this.layout = layout;
  }

  /**
   * Whether private keys lie in the folder without the manifest they belong to. A creation that
   * goes on meanwhile is none such; the caller has seen no manifest, and looks again.
   */
  boolean suspectsLoss(KeyName name) throws BackendFailure {
    // In this order: a private key comes after its marker, and the marker goes after the manifest.
    return !privateKeys(name).isEmpty() && !files.exists(layout.creating(name));
  }

  /**
   * Begins a creation, under the key's lock, and removes the private keys of one cut short.
   *
   * @throws BackendFailure CORRUPT if there are other private keys
   */
  void begin(KeyName name, List<String> privateKeyFiles) throws BackendFailure {
    List<String> present = privateKeys(name);
    List<String> unused = unusedPrivateKeys(name);
    if (!unused.containsAll(present)) {
      throw lost(name);
    }
    Path folder = layout.key(name);
    try {
      for (String file : present) {
        files.delete(folder.resolve(file));
      }
      if (!present.isEmpty()) {
        files.sync(folder);
      }
      files.replace(
          layout.creating(name),
          String.join("\n", privateKeyFiles).getBytes(StandardCharsets.UTF_8));
      files.sync(folder);
    } catch (IOException e) {
      throw DiskFailures.writing(folder, e);
    }
  }

  private List<String> unusedPrivateKeys(KeyName name) throws BackendFailure {
    try {
      String names = new String(files.read(layout.creating(name), LONGEST), StandardCharsets.UTF_8);
      return names.lines().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw DiskFailures.reading(layout.creating(name), e);
    }
  }

  /** Ends a creation, under the key's lock: the manifest is there. */
  void end(KeyName name) throws BackendFailure {
    if (!present(name)) {
      return;
    }
    try {
      files.delete(layout.creating(name));
    } catch (IOException e) {
      throw DiskFailures.syncing(layout.key(name), e);
    }
  }

  boolean present(KeyName name) {
    return files.exists(layout.creating(name));
  }

  BackendFailure lost(KeyName name) {
    return BackendFailure.permanent(
        FailureCode.CORRUPT,
        "Folder "
            + layout.key(name)
            + " has private keys of key "
            + name
            + " but no "
            + layout.manifest(name).getFileName()
            + ". Restore that file from a backup; only if the key was never used, remove the"
            + " folder.");
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
