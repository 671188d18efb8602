package dev.enclave.os.internal.windows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.AclEntry;
import java.nio.file.attribute.AclEntryFlag;
import java.nio.file.attribute.AclEntryPermission;
import java.nio.file.attribute.AclEntryType;
import java.nio.file.attribute.AclFileAttributeView;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/**
 * One file a store, with its sealing key as DPAPI protects it, in a directory that only its owner
 * may enter. Thread-safe. It and what it uses compile for Java 11 too, which is what runs under
 * Wine.
 */
final class DpapiKeys {

  private static final String ENTROPY = "dev.enclave.os sealing key of store ";
  private static final String DESCRIPTION = "Enclave sealing key";

  private final Path directory;

  /**
   * @param directory made when missing
   */
  public DpapiKeys(Path directory) {
    this.directory = directory;
  }

  /** The file of a store's key, there or not. */
  public Path file(String storeId) {
    return directory.resolve(storeId + ".dpapi");
  }

  /** Keeps the key of a store, durably. */
  public void keep(String storeId, byte[] key) throws IOException, DpapiException {
    byte[] blob = Dpapi.protect(key, entropy(storeId), DESCRIPTION);
    makeDirectory();
    Path temporary = directory.resolve(storeId + ".tmp");
    try (var channel =
        Files.newByteChannel(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE,
            StandardOpenOption.DSYNC)) {
      var rest = java.nio.ByteBuffer.wrap(blob);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
    }
    Files.move(temporary, file(storeId), StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * The key of a store; the caller overwrites it.
   *
   * @return none when there is no such file
   */
  public Optional<byte[]> find(String storeId) throws IOException, DpapiException {
    byte[] blob;
    try {
      blob = Files.readAllBytes(file(storeId));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    return Optional.of(Dpapi.unprotect(blob, entropy(storeId)));
  }

  /** Removes the key of a store, if it is there. */
  public void remove(String storeId) throws IOException {
    Files.deleteIfExists(file(storeId));
  }

  /** A file copied under another store's name opens nothing. */
  private static byte[] entropy(String storeId) {
    return (ENTROPY + storeId).getBytes(StandardCharsets.UTF_8);
  }

  private void makeDirectory() throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory);
    }
    AclFileAttributeView view = Files.getFileAttributeView(directory, AclFileAttributeView.class);
    if (view == null) {
      throw new IOException("the file system has no access control lists");
    }
    view.setAcl(
        List.of(
            AclEntry.newBuilder()
                .setType(AclEntryType.ALLOW)
                .setPrincipal(view.getOwner())
                .setPermissions(EnumSet.allOf(AclEntryPermission.class))
                .setFlags(AclEntryFlag.FILE_INHERIT, AclEntryFlag.DIRECTORY_INHERIT)
                .build()));
  }
}
