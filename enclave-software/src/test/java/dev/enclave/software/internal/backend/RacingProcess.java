package dev.enclave.software.internal.backend;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyVersionId;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * A process that rotates the key of a store, against others that do the same; prints how many
 * rotations it won.
 */
final class RacingProcess {

  private RacingProcess() {}

  public static void main(String[] arguments) throws Exception {
    TestStore store =
        new TestStore(Path.of(arguments[0]), EnvironmentType.LOCAL, Map.of(), TestStore.clock());
    int won;
    try (SoftwareBackend backend = store.open()) {
      TestStore.tryCreate(backend, arguments[2]);
      won = rotate(backend, Integer.parseInt(arguments[1]), arguments[2]);
    }
    new PrintStream(System.out, true, StandardCharsets.UTF_8).println("won " + won);
  }

  /** How many of {@code attempts} rotations nobody else got in the way of. */
  static int rotate(SoftwareBackend backend, int attempts, String operation) throws BackendFailure {
    int won = 0;
    for (int attempt = 0; attempt < attempts; attempt++) {
      try {
        rotateOnce(backend, operation + "-" + attempt);
        won++;
      } catch (BackendFailure e) {
        if (e.code() != FailureCode.CONFLICT) {
          throw e;
        }
      }
    }
    return won;
  }

  private static void rotateOnce(SoftwareBackend backend, String operation) throws BackendFailure {
    KeySnapshot key = backend.load(TestStore.NAME, TestStore.call());
    String active = key.active().orElseThrow().id().value();
    var request = TestStore.rotation(active, operation);
    KeyVersionId next = backend.prepare(request, TestStore.call()).id();
    backend.activate(request, next, TestStore.call());
  }
}
