package dev.enclave.kit.claim;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The user this process makes files as, by number: in a container there may be no name for it.
 * Thread-safe.
 */
public class ProcessUser {

  private static final Path SELF = Path.of("/proc/self");

  private volatile Optional<Integer> known = Optional.empty();

  /** Whether files of user {@code uid} are this process's own. True where that cannot be told. */
  public boolean is(int uid) {
    Optional<Integer> mine = known;
    if (mine.isPresent()) {
      return mine.get() == uid;
    }
    // Linux tells it for nothing, except of a process that may not be looked into.
    Optional<Integer> told = owner(SELF);
    if (told.equals(Optional.of(uid))) {
      known = told;
      return true;
    }
    known = ofAFileMadeNow().or(() -> told);
    return known.isEmpty() || known.get() == uid;
  }

  /** The number; none where it cannot be told. */
  Optional<Integer> uid() {
    return known;
  }

  private static Optional<Integer> ofAFileMadeNow() {
    try {
      Path made = Files.createTempFile("enclave", null);
      try {
        return owner(made);
      } finally {
        Files.delete(made);
      }
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<Integer> owner(Path path) {
    try {
      return Files.getAttribute(path, "unix:uid") instanceof Integer uid
          ? Optional.of(uid)
          : Optional.empty();
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
