package dev.enclave.crypto.dump;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.processes.Ended;
import dev.enclave.processes.HeapDumps;
import dev.enclave.processes.Patterns;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether a dump is free of what was collected. Without the options it is not. */
@Tag("full")
class HeapDumpsTest {

  private static final String HELD = "held";
  private static final String COLLECTED = "collected";

  @ParameterizedTest
  @ValueSource(strings = {"-XX:+UseSerialGC", "-XX:+UseParallelGC", "-XX:+UseG1GC"})
  void whatWasCollected_isInNoDump(String collector, @TempDir Path folder) throws Exception {
    List<String> command = new ArrayList<>(List.of(Ended.jdk("java"), collector));
    command.addAll(HeapDumps.OPTIONS);
    command.addAll(List.of("-Xms256m", "-Xmn200m", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.addAll(List.of(Collecting.class.getName(), folder.resolve("a.hprof").toString()));
    Ended.run(command).succeeded();
    Map<String, Patterns> wanted =
        Map.of(
            HELD,
            new Patterns().add("key", Collecting.key(HELD)),
            COLLECTED,
            new Patterns().add("key", Collecting.key(COLLECTED)));
    assertThat(HeapDumps.hits(folder.resolve("a.hprof"), wanted)).containsOnlyKeys(HELD);
  }

  /** Makes arrays that nothing refers to among those that are held, collects, and is dumped. */
  static final class Collecting {

    private static final List<Object> ALL = new ArrayList<>();

    private Collecting() {}

    public static void main(String[] arguments) throws Exception {
      ALL.add(key(HELD));
      for (int i = 0; i < 20_000; i++) {
        ALL.add(new byte[1_000]);
        if (i % 2_000 == 0) {
          assertThat(key(COLLECTED)).hasSize(32);
        }
      }
      System.gc();
      HeapDumps.take(ProcessHandle.current().pid(), Path.of(arguments[0]));
    }

    /** Of 32 bytes, which the name alone does not contain. */
    static byte[] key(String name) {
      byte[] key = new byte[32];
      for (int i = 0; i < key.length; i++) {
        key[i] = (byte) ((name.hashCode() * (i + 1)) >> 5);
      }
      return key;
    }
  }
}
