package dev.enclave.software.internal.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.processes.JavaCommand;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processes share a store, and are killed. {@code -Denclave.soak.seconds=60} makes the first
 * test as long. What they get done in their time is what is tested, so it runs alone.
 */
@Tag("alone")
@Tag("full")
class ManyProcessesTest {

  private static final int PROCESSES = 4;
  private static final int THREADS = 8;
  private static final int KILLS = 25;
  private static final Duration LONGEST_LIFE = Duration.ofMinutes(5);

  private final Path journals;
  private final Path output;
  private final TestStore store;

  ManyProcessesTest(@TempDir Path temporary) throws IOException {
    journals = Files.createDirectory(temporary.resolve("journals"));
    output = Files.createDirectory(temporary.resolve("output"));
    store = TestStore.local(temporary);
  }

  /** A process at work, and where it says what went wrong. */
  private record Worker(String name, Process process, Path output) {
    String complaint() throws IOException {
      return Files.readString(output, StandardCharsets.UTF_8);
    }
  }

  private Worker start(String name, int threads, Duration duration, boolean reseals)
      throws IOException {
    Path said = output.resolve(name);
    Process process =
        new ProcessBuilder(
                JavaCommand.of(
                    WorkingProcess.class,
                    store.directory().toString(),
                    journals.toString(),
                    name,
                    Integer.toString(threads),
                    Long.toString(duration.toMillis()),
                    Boolean.toString(reseals)))
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    return new Worker(name, process, said);
  }

  @Test
  void losesNothing_whenThreadsOfManyProcessesShareAStore() throws Exception {
    Duration duration = Duration.ofSeconds(Long.getLong("enclave.soak.seconds", 4));
    List<Worker> workers = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      workers.add(start("p" + i, THREADS, duration, false));
    }
    for (Worker worker : workers) {
      int code = worker.process().waitFor();
      assertThat(code).as(worker.complaint()).isZero();
    }
    Map<String, Integer> counts = new Journals(journals).check(store);
    System.out.println(
        PROCESSES
            + " processes of "
            + THREADS
            + " threads, "
            + duration.toSeconds()
            + " s: "
            + counts);
    assertThat(counts).containsKeys("created", "rotated", "signed");
  }

  @Test
  void losesNothing_whenProcessesAreKilledAtAnyMoment() throws Exception {
    Random random = new Random();
    Deque<Worker> working = new ArrayDeque<>();
    // The next one starts while one works, so that the killed one seldom is alone.
    working.add(start("k0", 2, LONGEST_LIFE, true));
    for (int i = 1; i <= KILLS; i++) {
      working.add(start("k" + i, 2, LONGEST_LIFE, true));
      Worker doomed = working.removeFirst();
      awaitFirstDeed(doomed);
      LockSupport.parkNanos(Duration.ofMillis(random.nextInt(600)).toNanos());
      assertThat(doomed.process().isAlive()).as(doomed.complaint()).isTrue();
      doomed.process().destroyForcibly().waitFor();
    }
    working.removeFirst().process().destroyForcibly().waitFor();
    System.out.println(KILLS + " kills: " + new Journals(journals).check(store));
    requireNothingLeft_onceEachKeyWasRotatedLater();
  }

  /** Of what kills leave behind: half-written files, and versions that nobody activates. */
  private void requireNothingLeft_onceEachKeyWasRotatedLater() throws Exception {
    TestStore later =
        new TestStore(
            store.directory(),
            store.environment(),
            store.settings(),
            new OrphansTest.Ahead(Duration.ofHours(2)));
    long halfWritten = halfWritten();
    try (SoftwareBackend backend = later.open()) {
      long pending = pending(backend);
      System.out.println(
          KILLS + " kills left half-written files: " + halfWritten + ", versions: " + pending);
      for (KeyName name : backend.list(TestStore.call())) {
        rotate(backend, backend.load(name, TestStore.call()));
      }
      assertThat(pending(backend)).isZero();
    }
    assertThat(halfWritten()).isZero();
  }

  private static void rotate(SoftwareBackend backend, KeySnapshot key) throws BackendFailure {
    KeyVersionId active = key.active().orElseThrow().id();
    RotateRequest rotation =
        RotateRequest.of(key.name(), active, "later-" + key.name(), KeyState.VERIFY_ONLY);
    backend.activate(rotation, backend.prepare(rotation, TestStore.call()).id(), TestStore.call());
  }

  private static long pending(SoftwareBackend backend) throws BackendFailure {
    long pending = 0;
    for (KeyName name : backend.list(TestStore.call())) {
      pending +=
          backend.load(name, TestStore.call()).versions().stream()
              .filter(version -> version.state() == KeyState.PENDING)
              .count();
    }
    return pending;
  }

  /** In the folders of keys; one of the store itself is left alone, since a reseal may go on. */
  private long halfWritten() throws IOException {
    try (Stream<Path> files = Files.walk(store.directory())) {
      return files
          .filter(file -> !store.directory().equals(file.getParent()))
          .filter(file -> file.toString().endsWith(".tmp"))
          .count();
    }
  }

  private void awaitFirstDeed(Worker worker) throws IOException {
    while (worker.process().isAlive() && !hasWritten(worker)) {
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }

  private boolean hasWritten(Worker worker) throws IOException {
    try (Stream<Path> files = Files.list(journals)) {
      for (Path file : files.toList()) {
        String name = String.valueOf(file.getFileName());
        if (name.startsWith(worker.name() + "-") && Files.size(file) > 0) {
          return true;
        }
      }
      return false;
    }
  }
}
