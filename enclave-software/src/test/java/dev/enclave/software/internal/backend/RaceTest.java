package dev.enclave.software.internal.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyState;
import dev.enclave.Message;
import dev.enclave.processes.Ended;
import dev.enclave.processes.JavaCommand;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("full")
class RaceTest {

  private static final int PROCESSES = 3;
  private static final int ATTEMPTS = 15;

  private final TestStore store;

  RaceTest(@TempDir Path temporary) {
    store = TestStore.local(temporary);
  }

  private static <T> List<T> together(List<Callable<T>> tasks) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> result : threads.invokeAll(tasks)) {
        results.add(result.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }

  /** Every rotation somebody won is one more version in use, whoever won it. */
  private void assertNoRotationLost(int won) throws BackendFailure {
    try (SoftwareBackend backend = store.open()) {
      KeySnapshot key = backend.load(TestStore.NAME, TestStore.call());
      assertThat(key.versions().stream().filter(v -> v.state() == KeyState.ACTIVE)).hasSize(1);
      assertThat(key.versions().stream().filter(v -> v.state() == KeyState.VERIFY_ONLY))
          .hasSize(won);
      int active = key.versions().indexOf(key.active().orElseThrow());
      backend.sign(TestStore.ref(key, active), Message.ofUtf8("hello"), TestStore.call());
    }
  }

  @Test
  void losesNoRotation_whenThreadsOfTwoBackendsRace() throws Exception {
    store.withKey();
    try (SoftwareBackend one = store.open();
        SoftwareBackend other = store.open()) {
      List<Integer> won =
          together(
              List.of(
                  () -> RacingProcess.rotate(one, ATTEMPTS, "a"),
                  () -> RacingProcess.rotate(one, ATTEMPTS, "b"),
                  () -> RacingProcess.rotate(other, ATTEMPTS, "c"),
                  () -> RacingProcess.rotate(other, ATTEMPTS, "d")));
      assertNoRotationLost(won.stream().mapToInt(Integer::intValue).sum());
    }
  }

  @Test
  void createsOnce_whenTwoBackendsRace() throws Exception {
    try (SoftwareBackend one = store.open();
        SoftwareBackend other = store.open()) {
      List<Boolean> created =
          together(
              List.of(
                  () -> TestStore.tryCreate(one, "a"),
                  () -> TestStore.tryCreate(one, "b"),
                  () -> TestStore.tryCreate(other, "c"),
                  () -> TestStore.tryCreate(other, "d")));
      assertThat(created).containsOnlyOnce(true);
    }
  }

  @Test
  void makesOneStore_whenItIsFirstOpenedByMany() throws Exception {
    Callable<String> opening =
        () -> {
          try (SoftwareBackend backend = store.open()) {
            return TestStore.tryCreate(backend, Thread.currentThread().getName()) ? "made" : "met";
          }
        };
    assertThat(together(List.of(opening, opening, opening))).containsOnlyOnce("made");
  }

  @RepeatedTest(20)
  void signsOrSaysWhyNot_whileTheVersionIsDestroyed() throws Exception {
    store.withKey();
    try (SoftwareBackend one = store.open();
        SoftwareBackend other = store.open()) {
      KeySnapshot key = one.load(TestStore.NAME, TestStore.call());
      Callable<Boolean> signing =
          () -> {
            while (true) {
              try {
                one.sign(TestStore.ref(key, 0), Message.ofUtf8("hello"), TestStore.call());
              } catch (BackendFailure e) {
                return e.code() == FailureCode.INVALID_STATE;
              }
            }
          };
      Callable<Boolean> destroying =
          () -> {
            other.changeState(TestStore.ref(key, 0), KeyState.DESTROYED, TestStore.call());
            return true;
          };
      assertThat(together(List.of(signing, signing, destroying))).containsOnly(true);
    }
  }

  @Test
  void losesNoRotation_whenProcessesRace() throws Exception {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      processes.add(start("000", "p" + i));
    }
    int won = 0;
    for (Process process : processes) {
      won += won(process);
    }
    assertNoRotationLost(won);
  }

  @Test
  void givesEverythingToTheOwnerAlone_whateverTheUmask() throws Exception {
    assertThat(won(start("000", "alone"))).isEqualTo(ATTEMPTS);
    var modes = PermissionsTest.modes(store.directory());
    assertThat(modes.get(true)).containsOnly("rwx------");
    assertThat(modes.get(false)).containsOnly("rw-------");
  }

  private Process start(String umask, String operation) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("sh", "-c", "umask " + umask + " && exec \"$@\"", "sh"));
    command.addAll(
        JavaCommand.of(
            RacingProcess.class,
            store.directory().toString(),
            Integer.toString(ATTEMPTS),
            operation));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static int won(Process process) throws Exception {
    String output = Ended.of(process).succeeded().strip();
    assertThat(output).startsWith("won ");
    return Integer.parseInt(output.substring("won ".length()));
  }
}
