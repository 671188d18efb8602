package dev.enclave.software;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Bytes;
import dev.enclave.Enclave;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.SignatureEncoding;
import dev.enclave.SigningKey;
import dev.enclave.processes.JavaCommand;
import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two copies of the library in one JVM, as two web applications have them, and another process,
 * with one store and one audit log. {@code -Denclave.soak.seconds=60} makes each test as long.
 */
@Tag("alone")
@Tag("full")
class TwoCopiesTest {

  private static final Duration BETWEEN_DELETIONS = Duration.ofMillis(300);

  private static final Set<String> DONE = Set.of("created", "rotated", "signed");

  /** What may have happened all the same. */
  private static final Set<String> UNDECIDED = Set.of("OUTCOME_UNKNOWN", "DEADLINE_EXCEEDED");

  private final String seconds = Long.toString(Long.getLong("enclave.soak.seconds", 0));
  private final Path journals;
  private final SharedPlace place;
  private final List<String> failures = new ArrayList<>();

  TwoCopiesTest(@TempDir Path temporary) throws IOException {
    journals = Files.createDirectory(temporary.resolve("journals"));
    place = new SharedPlace(temporary);
    place.open().close();
  }

  @Test
  void losesNothingAndFailsAtNothing_whenTwoCopiesAndAnotherProcessShareAStore() throws Exception {
    share(() -> {});

    Map<String, Integer> counts = check();
    System.out.println("two class loaders and a process, " + seconds + " s: " + counts);
    assertThat(failures).isEmpty();
    assertThat(counts).containsKeys("created", "rotated", "signed").doesNotContainKey("unrecorded");
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "open files cannot be deleted there")
  void losesNothing_whenLockFilesAreDeletedAgainAndAgain() throws Exception {
    share(this::deleteLockFiles);

    Map<String, Integer> counts = check();
    System.out.println(
        "two class loaders and a process, lock files deleted every "
            + BETWEEN_DELETIONS.toMillis()
            + " ms, "
            + seconds
            + " s: "
            + counts);
    assertThat(counts).containsKeys("created", "signed");
  }

  /** What is done meanwhile. */
  private interface Disturbance {
    void run() throws IOException;
  }

  private void share(Disturbance disturbance) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(2);
    Process process = process();
    try {
      List<Future<?>> copies = List.of(pool.submit(copy("first")), pool.submit(copy("second")));
      while (process.isAlive() || !copies.stream().allMatch(Future::isDone)) {
        LockSupport.parkNanos(BETWEEN_DELETIONS.toNanos());
        disturbance.run();
      }
      for (Future<?> copy : copies) {
        copy.get();
      }
      assertThat(process.waitFor()).isZero();
    } finally {
      process.destroyForcibly();
      pool.shutdownNow();
    }
  }

  private Callable<Boolean> copy(String name) {
    return () -> {
      ClassLoader loader = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader());
      // As the container of a web application does, for ServiceLoader.
      Thread.currentThread().setContextClassLoader(loader);
      Object application =
          loader
              .loadClass(SharingApplication.class.getName())
              .getConstructor(String.class, String.class, String.class, String.class)
              .newInstance((Object[]) arguments(name));
      ((Runnable) application).run();
      return true;
    };
  }

  private static URL[] classPath() throws MalformedURLException {
    List<URL> entries = new ArrayList<>();
    StringTokenizer paths =
        new StringTokenizer(System.getProperty("java.class.path", ""), File.pathSeparator);
    while (paths.hasMoreTokens()) {
      entries.add(Path.of(paths.nextToken()).toUri().toURL());
    }
    return entries.toArray(URL[]::new);
  }

  private Process process() throws IOException {
    List<String> command = JavaCommand.of(SharingApplication.class, arguments("process"));
    return new ProcessBuilder(command).inheritIO().start();
  }

  private String[] arguments(String name) {
    return new String[] {
      place.directory().toString(), journals.resolve(name).toString(), name, seconds
    };
  }

  private void deleteLockFiles() throws IOException {
    for (Path directory : List.of(place.audit(), place.keys(), place.keys().resolve("locks"))) {
      if (Files.isDirectory(directory)) {
        try (Stream<Path> files = Files.list(directory)) {
          for (Path file : files.filter(path -> path.toString().endsWith(".lock")).toList()) {
            Files.deleteIfExists(file);
          }
        }
      }
    }
  }

  /** Whether what each call returned is true; how often each thing was returned. */
  private Map<String, Integer> check() throws IOException {
    assertThat(place.log().verify().problem()).isEmpty();
    Map<String, Set<String>> results = results();
    Map<String, Integer> counts = new TreeMap<>();
    try (Enclave enclave = place.open()) {
      List<String> names = enclave.admin().keyNames().stream().map(KeyName::value).toList();
      for (String line : journal()) {
        String[] words = line.split(" ", 4);
        counts.merge(words[0], 1, Integer::sum);
        Collection<String> recorded = results.getOrDefault(words[1], Set.of());
        switch (words[0]) {
          case "created" -> assertThat(sign(enclave, words[2])).as(line).isTrue();
          case "rotated" -> assertThat(versions(enclave, words[2])).as(line).contains(words[3]);
          case "signed" -> assertThat(verifies(enclave, words)).as(line).isTrue();
          default -> {
            counts.merge(words[0] + " " + words[2], 1, Integer::sum);
            if (words[0].equals("failed")) {
              failures.add(line);
            }
            if (!UNDECIDED.contains(words[2])) {
              assertThat(names).as(line).doesNotContain(words[1]);
            }
          }
        }
        if (DONE.contains(words[0]) && !recorded.contains("SUCCESS")) {
          counts.merge("unrecorded", 1, Integer::sum);
        }
      }
    }
    return counts;
  }

  private static boolean sign(Enclave enclave, String handle) {
    SigningKey key = enclave.signingKeys().key(KeyHandle.parse(handle));
    Message message = Message.ofUtf8("still there");
    return key.verify(message, key.sign(message));
  }

  private static List<String> versions(Enclave enclave, String handle) {
    return enclave.signingKeys().key(KeyHandle.parse(handle)).info().versions().stream()
        .map(version -> version.id())
        .map(KeyVersionId::value)
        .toList();
  }

  private static boolean verifies(Enclave enclave, String[] words) {
    SigningKey key = enclave.signingKeys().key(KeyHandle.parse(words[2]));
    return key.verify(
        Message.ofUtf8(words[1]), Bytes.ofHex(words[3]).toByteArray(), SignatureEncoding.RAW);
  }

  private List<String> journal() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String name : List.of("first", "second", "process")) {
      lines.addAll(Files.readAllLines(journals.resolve(name)));
    }
    return lines;
  }

  /** What the audit log says of each call. */
  private Map<String, Set<String>> results() {
    Map<String, Set<String>> results = new TreeMap<>();
    place
        .log()
        .reader()
        .read(
            record ->
                results
                    .computeIfAbsent(record.member("caller"), c -> ConcurrentHashMap.newKeySet())
                    .add(record.member("result")));
    return results;
  }
}
