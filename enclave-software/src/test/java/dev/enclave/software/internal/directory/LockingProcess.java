package dev.enclave.software.internal.directory;

import dev.enclave.KeyName;
import dev.enclave.processes.Ended;
import dev.enclave.processes.JavaCommand;
import dev.enclave.software.internal.backend.RealTime;
import dev.enclave.software.internal.disk.SecureFiles;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;

/** A process that tries to lock a key of a store, and prints whether it could. */
final class LockingProcess {

  private LockingProcess() {}

  public static void main(String[] arguments) throws Exception {
    StoreLayout layout = new StoreLayout(Path.of(arguments[0]));
    StoreLock lock = new StoreLock(new SecureFiles(new SecureRandom()), layout, new RealTime());
    boolean locked = lock.tryHoldingKey(KeyName.of(arguments[1]), () -> true).isPresent();
    new PrintStream(System.out, true, StandardCharsets.UTF_8).println(locked ? "locked" : "held");
  }

  /** What it printed. */
  static String tries(Path directory, KeyName name) {
    try {
      return Ended.run(JavaCommand.of(LockingProcess.class, directory.toString(), name.value()))
          .output()
          .strip();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
