package dev.enclave.emulators.internal.crypto;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * RSA key pairs in a folder, as PKCS #8 in DER, for processes that follow one another: a process
 * takes them in the same order and adds what it lacks. Within a process, {@value #MOST} pairs of a
 * size are taken in turn, whichever server takes them: a file beside the pairs says what has been
 * taken. Thread-safe.
 *
 * @param folder made if it does not exist
 * @param process tells this process from all others that use the folder
 */
record KeptRsaKeys(Path folder, String process) {

  /** Of one size. A large one takes seconds to make. */
  static final int MOST = 16;

  /** Of this process. */
  static KeptRsaKeys in(Path folder) {
    ProcessHandle self = ProcessHandle.current();
    long begun = self.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    return new KeptRsaKeys(folder, self.pid() + "-" + begun);
  }

  /** The next pair of so many bits, encoded. */
  byte[] next(int bits, Supplier<byte[]> fresh) {
    try {
      Path taken = Files.createDirectories(folder.resolve("taken-by-" + process));
      for (int number = 0; ; number++) {
        if (claimed(taken.resolve(name(bits, number)))) {
          Path kept = folder.resolve(name(bits, number % MOST));
          return Files.exists(kept) ? Files.readAllBytes(kept) : keep(kept, taken, fresh.get());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "RSA keys could not be kept in "
              + folder
              + ". Name a folder that can be written, or unset the system property.",
          e);
    }
  }

  private static String name(int bits, int number) {
    return "rsa-" + bits + "-" + number;
  }

  private static boolean claimed(Path mark) throws IOException {
    try {
      Files.createFile(mark);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  /** Whole or not at all: another process may read it at once. */
  private static byte[] keep(Path kept, Path taken, byte[] pair) throws IOException {
    Path draft = Files.createTempFile(taken, kept.getFileName().toString(), ".new");
    Files.write(draft, pair);
    Files.move(draft, kept, StandardCopyOption.ATOMIC_MOVE);
    return pair;
  }
}
