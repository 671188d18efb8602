package dev.enclave.kit.claim;

import dev.enclave.kit.texts.Texts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a file or directory is this process's user's alone: not a link, not another's, closed to
 * others. Where the file system knows neither modes nor owners, only links are refused.
 * Thread-safe.
 *
 * @param user this process's
 */
public record FileChecks(ProcessUser user) {

  private static final int FOREIGN = 0x3f;
  private static final int PERMISSIONS = 0x1ff;
  private static final int STICKY = 0x200;

  /** Directories at the root that are a system's (Filesystem Hierarchy Standard 3.0, chapter 3). */
  private static final Set<String> SYSTEMS =
      Set.of(
          "bin", "boot", "dev", "etc", "home", "lib", "lib64", "media", "mnt", "opt", "proc",
          "root", "run", "sbin", "srv", "sys", "tmp", "usr", "var");

  /**
   * Refuses a directory that is not.
   *
   * @throws UnsafeFileException when it is not
   */
  public void directory(Path path) throws IOException {
    BasicFileAttributes kind = unlinked(path);
    requireOwn(path);
    if (!kind.isDirectory()) {
      throw new UnsafeFileException(
          Texts.NOT_A_DIRECTORY.observed(path), Texts.NOT_A_DIRECTORY.advice(path));
    }
    requireClosed(path, "700");
  }

  /**
   * Refuses a file that is not.
   *
   * @throws UnsafeFileException when it is not
   */
  public void file(Path path) throws IOException {
    BasicFileAttributes kind = unlinked(path);
    if (!kind.isRegularFile()) {
      throw new UnsafeFileException(
          Texts.NOT_A_REGULAR_FILE.observed(path), Texts.NOT_A_REGULAR_FILE.advice(path));
    }
    requireOwn(path);
    requireClosed(path, "600");
  }

  /** As {@link #file}; and under one name only, so that deleting that deletes it. */
  public void unsharedFile(Path path) throws IOException {
    file(path);
    if (unix(path) && number(path, "nlink") > 1) {
      throw new UnsafeFileException(
          Texts.HARD_LINKS.with(path, number(path, "nlink")), Texts.REMOVE_HARD_LINKS.with(path));
    }
  }

  private static BasicFileAttributes unlinked(Path path) throws IOException {
    BasicFileAttributes kind =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (kind.isSymbolicLink()) {
      throw new UnsafeFileException(
          Texts.SYMBOLIC_LINK.observed(path), Texts.SYMBOLIC_LINK.advice(path));
    }
    return kind;
  }

  private void requireOwn(Path path) throws IOException {
    Optional<String> foreign = foreignOwner(path);
    if (foreign.isPresent()) {
      Optional<String> uid = user.uid().map(String::valueOf);
      throw new UnsafeFileException(
          Texts.OTHER_OWNER.with(path, foreign.get(), uid.map(u -> Texts.UID.with(u)).orElse("")),
          Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
              ? Texts.START_AS_OWNER.with()
              : Texts.START_AS_OWNER_OR_GIVE_BACK.with(uid.orElse("USER"), path));
    }
  }

  /** The owner, if that is another user than this process's, as far as known. */
  public Optional<String> foreignOwner(Path path) throws IOException {
    return !unix(path) || user.is(number(path, "uid"))
        ? Optional.empty()
        : Optional.of(Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).getName());
  }

  /** The owner of what lies there, links not followed, if that is another user, and not root. */
  public Optional<String> stranger(Path path) throws IOException {
    return unix(path) && number(path, "uid") == 0 ? Optional.empty() : foreignOwner(path);
  }

  private static void requireClosed(Path path, String mode) throws IOException {
    if (unix(path) && (number(path, "mode") & FOREIGN) != 0) {
      throw new UnsafeFileException(
          Texts.OPEN_TO_OTHERS.with(
              path, String.format(Locale.ROOT, "%03o", number(path, "mode") & PERMISSIONS)),
          isSystems(path) ? Texts.NAME_A_DIRECTORY.with() : Texts.CLOSE_TO_OTHERS.with(mode, path));
    }
  }

  /** What others need open: the root, a system's directory in it, and what users share. */
  private static boolean isSystems(Path path) throws IOException {
    Path whole = path.toAbsolutePath().normalize();
    return isSticky(path)
        || whole.getNameCount() == 0
        || (whole.getNameCount() == 1 && SYSTEMS.contains(whole.getName(0).toString()));
  }

  /** Whether only the owners of files in the directory may delete them. */
  public static boolean isSticky(Path directory) throws IOException {
    return unix(directory) && (number(directory, "mode") & STICKY) != 0;
  }

  private static int number(Path path, String attribute) throws IOException {
    Map<String, Object> attributes =
        Files.readAttributes(path, "unix:" + attribute, LinkOption.NOFOLLOW_LINKS);
    return attributes.get(attribute) instanceof Integer number ? number : 0;
  }

  private static boolean unix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("unix");
  }
}
