package dev.enclave.benchmarks.measure;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.benchmarks.rival.Rivals;
import dev.enclave.benchmarks.setting.SoftwareStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/** Makes stores and opens them: also as a program, in a JVM that has done nothing else. */
public final class OpeningProbe {

  private static final int CREATORS = 8;

  private OpeningProbe() {}

  /**
   * Prints one line that {@link #parse} reads.
   *
   * @param args the protection, the directory, how many openings beside the first
   */
  public static void main(String[] args) {
    Opening opening =
        measure(SoftwareStore.valueOf(args[0]), Path.of(args[1]), Integer.parseInt(args[2]));
    System.out.println(
        line(opening.cold()) + ";" + line(opening.firstSign()) + ";" + line(opening.warm()));
  }

  private static String line(List<Long> nanos) {
    return nanos.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  static Opening parse(String line) {
    List<List<Long>> parts =
        Arrays.stream(line.strip().split(";", -1))
            .map(part -> Arrays.stream(part.split(",")).map(Long::valueOf).toList())
            .toList();
    return new Opening(parts.get(0), parts.get(1), parts.get(2));
  }

  /** Opens once, signs once, and opens again {@code again} times, at least once. */
  static Opening measure(SoftwareStore protection, Path directory, int again) {
    long begun = System.nanoTime();
    Enclave enclave = open(protection, directory);
    long opened = System.nanoTime();
    enclave.signingKeys().key(name(0)).sign(Message.of(Rivals.message()));
    long signed = System.nanoTime();
    enclave.close();
    List<Long> warm = new ArrayList<>();
    for (int i = 0; i < again; i++) {
      long reopening = System.nanoTime();
      Enclave reopened = open(protection, directory);
      warm.add(System.nanoTime() - reopening);
      reopened.close();
    }
    return new Opening(List.of(opened - begun), List.of(signed - opened), warm);
  }

  private static Enclave open(SoftwareStore protection, Path directory) {
    return protection.open(directory.resolve("keys"), directory.resolve("audit"));
  }

  private static String name(int number) {
    return "key-" + number;
  }

  /** Makes the store, or makes it larger, until it has {@code keys} keys. */
  public static void fill(SoftwareStore protection, Path directory, int keys) throws Exception {
    ExecutorService creators = Executors.newFixedThreadPool(CREATORS);
    try (Enclave enclave = open(protection, directory)) {
      int present = enclave.admin().listKeys().keys().size();
      List<Future<?>> created = new ArrayList<>();
      for (int i = present; i < keys; i++) {
        KeySpec<SigningKey> spec = KeySpec.named(name(i)).algorithm(SigningAlgorithm.ED25519);
        created.add(creators.submit(() -> enclave.createKey(spec)));
      }
      for (Future<?> key : created) {
        key.get();
      }
    } finally {
      creators.shutdown();
    }
  }

  /** Measures in a JVM that has done nothing else. */
  public static Opening inFreshJvm(SoftwareStore protection, Path directory, int again)
      throws Exception {
    Process probe =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                OpeningProbe.class.getName(),
                protection.name(),
                directory.toString(),
                String.valueOf(again))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String line = new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (probe.waitFor() != 0) {
      throw new IllegalStateException("Opening " + directory + " in a JVM of its own failed.");
    }
    return parse(line);
  }
}
