package dev.enclave.software.internal.backend;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A process whose threads create, rotate and sign in a shared store until time is up or they are
 * killed, and write down what was done once it is.
 *
 * <p>Arguments: the store's directory, the directory of journals, a name for the process, how many
 * threads, how many milliseconds at least, and whether it reseals the store now and then.
 */
final class WorkingProcess {

  private static final int SHARED_KEYS = 6;

  /** Steps of each thread, however slowly a busy machine begins. */
  private static final int LEAST = 4;

  private final TestStore store;
  private final String name;
  private final long end;
  private final boolean reseals;

  private WorkingProcess(String[] arguments) {
    store =
        new TestStore(Path.of(arguments[0]), EnvironmentType.LOCAL, Map.of(), TestStore.clock());
    name = arguments[2];
    end = System.nanoTime() + Long.parseLong(arguments[4]) * 1_000_000;
    reseals = Boolean.parseBoolean(arguments[5]);
  }

  public static void main(String[] arguments) throws Exception {
    WorkingProcess process = new WorkingProcess(arguments);
    int threads = Integer.parseInt(arguments[3]);
    Shared shared = new Shared(process.store);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    List<Future<Boolean>> work = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Path journal = Path.of(arguments[1], process.name + "-" + i);
      int seed = i;
      work.add(pool.submit(() -> process.work(shared, journal, new Random(seed))));
    }
    pool.shutdown();
    for (Future<Boolean> one : work) {
      one.get();
    }
    shared.close();
  }

  /** The backend of all threads, opened anew when another process has resealed the store. */
  private static final class Shared implements AutoCloseable {
    private final TestStore store;
    private SoftwareBackend backend;

    Shared(TestStore store) throws BackendFailure {
      this.store = store;
      this.backend = store.open();
    }

    synchronized SoftwareBackend get() {
      return backend;
    }

    synchronized void reopen(SoftwareBackend broken) throws BackendFailure {
      if (backend == broken) {
        backend = store.open();
        broken.close();
      }
    }

    @Override
    public synchronized void close() {
      backend.close();
    }
  }

  private boolean work(Shared shared, Path path, Random choice) throws Exception {
    String thread = String.valueOf(path.getFileName());
    try (Writer journal = Files.newBufferedWriter(path, StandardCharsets.UTF_8)) {
      for (int step = 0; step < LEAST || System.nanoTime() < end; step++) {
        SoftwareBackend backend = shared.get();
        try {
          step(backend, journal, thread, step, choice);
        } catch (BackendFailure e) {
          if (e.code() == FailureCode.MISCONFIGURED) {
            shared.reopen(backend);
          } else if (e.code() != FailureCode.CLOSED) {
            throw e;
          }
        }
      }
    }
    return true;
  }

  private void step(SoftwareBackend backend, Writer journal, String thread, int step, Random choice)
      throws BackendFailure, IOException {
    KeyName sharedKey = KeyName.of("shared-" + choice.nextInt(SHARED_KEYS));
    int kind = choice.nextInt(10);
    if (kind == 0) {
      create(backend, journal, KeyName.of("own-" + thread + "-" + step), thread + "-" + step);
    } else if (kind < 4) {
      create(backend, journal, sharedKey, thread + "-" + step);
      rotate(backend, journal, sharedKey, thread + "-" + step);
    } else if (kind == 4 && reseals) {
      backend.reseal(Optional.empty(), TestStore.call());
      note(journal, "resealed");
    } else {
      create(backend, journal, sharedKey, thread + "-" + step);
      sign(backend, journal, sharedKey, thread + "-" + step);
    }
  }

  private static void note(Writer journal, String... words) throws IOException {
    journal.write(String.join(" ", words) + "\n");
    journal.flush();
  }

  private static String spki(KeyVersion version) {
    return base64(version.publicKey().orElseThrow().spki().toByteArray());
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static void create(SoftwareBackend backend, Writer journal, KeyName key, String operation)
      throws BackendFailure, IOException {
    try {
      KeySnapshot made =
          backend.create(
              TestStore.request(key, "create-" + operation, SigningAlgorithm.ED25519),
              TestStore.call());
      note(journal, "created", key.value(), "1", spki(made.versions().get(0)));
    } catch (BackendFailure e) {
      if (e.code() != FailureCode.ALREADY_EXISTS) {
        throw e;
      }
    }
  }

  private static void rotate(SoftwareBackend backend, Writer journal, KeyName key, String operation)
      throws BackendFailure, IOException {
    KeyVersion active = backend.load(key, TestStore.call()).active().orElseThrow();
    RotateRequest request =
        RotateRequest.of(key, active.id(), "rotate-" + operation, KeyState.VERIFY_ONLY);
    try {
      KeyVersion next = backend.prepare(request, TestStore.call());
      backend.activate(request, next.id(), TestStore.call());
      note(journal, "rotated", key.value(), next.id().value(), spki(next));
    } catch (BackendFailure e) {
      if (e.code() != FailureCode.CONFLICT) {
        throw e;
      }
      note(journal, "lost");
    }
  }

  private static void sign(SoftwareBackend backend, Writer journal, KeyName key, String text)
      throws BackendFailure, IOException {
    KeySnapshot snapshot = backend.load(key, TestStore.call());
    KeyVersion active = snapshot.active().orElseThrow();
    try {
      byte[] signature =
          backend
              .sign(snapshot.ref(active), Message.ofUtf8(text), TestStore.call())
              .value()
              .toByteArray();
      note(journal, "signed", key.value(), active.id().value(), text, base64(signature));
    } catch (BackendFailure e) {
      if (e.code() != FailureCode.INVALID_STATE) {
        throw e;
      }
      note(journal, "overtaken");
    }
  }
}
