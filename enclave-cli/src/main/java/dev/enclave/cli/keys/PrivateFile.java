package dev.enclave.cli.keys;

import dev.enclave.cli.text.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.Quoted;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A file that is made for its owner alone, is on the disk when {@link #write} returns, and does not
 * replace another unless told to.
 */
final class PrivateFile {

  private static final Set<StandardOpenOption> NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  private final String typed;
  private final Path path;
  private final boolean replace;

  PrivateFile(String typed, Path path, boolean replace) {
    this.typed = typed;
    this.path = path;
    this.replace = replace;
  }

  /** Refuses early what {@link #write} would refuse late. */
  void requireWritable() {
    if (Files.isDirectory(path)) {
      throw unusable(Texts.OUTPUT_IS_DIRECTORY.with(Quoted.of(typed)));
    }
    if (!replace && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      throw exists();
    }
  }

  void write(byte[] content) {
    try {
      if (replace) {
        Path temporary = path.resolveSibling(path.getFileName() + ".enclave-tmp");
        Files.deleteIfExists(temporary);
        create(temporary, content);
        Files.move(
            temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } else {
        create(path, content);
      }
      syncFolder();
    } catch (FileAlreadyExistsException e) {
      throw exists();
    } catch (NoSuchFileException e) {
      throw unusable(Texts.FOLDER_MISSING.with(Quoted.of(typed)));
    } catch (IOException e) {
      throw unusable(Texts.FILE_NOT_WRITTEN.with(Quoted.of(typed), e.getClass().getSimpleName()));
    }
  }

  private static void create(Path file, byte[] content) throws IOException {
    boolean written = false;
    try (FileChannel channel = FileChannel.open(file, NEW, attributes(file))) {
      try {
        ByteBuffer left = ByteBuffer.wrap(content);
        while (left.hasRemaining()) {
          channel.write(left);
        }
        channel.force(true);
        written = true;
      } finally {
        if (!written) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private static FileAttribute<?>[] attributes(Path file) {
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  /** So that the name survives a crash too. Windows opens no folders, and needs none opened. */
  private void syncFolder() throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    if (folder == null || !folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return;
    }
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private EnclaveException exists() {
    return Texts.BACKUP_EXISTS.as(ErrorCode.INVALID_ARGUMENT, Quoted.of(typed));
  }

  private static UsageException unusable(String message) {
    return new UsageException(ErrorCode.FILE_UNREADABLE, message);
  }
}
