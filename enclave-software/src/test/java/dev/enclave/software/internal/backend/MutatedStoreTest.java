package dev.enclave.software.internal.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.enclave.Message;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.KeySnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files of a store with some bytes changed, cut off, doubled or added: opening, listing, reading,
 * signing and rotating come to an end, and what fails, fails as a backend's failure. {@code
 * -Denclave.soak.mutations=3000} takes more.
 */
@Tag("full")
class MutatedStoreTest {

  private static final int MUTATIONS = Integer.getInteger("enclave.soak.mutations", 150);

  private final TestStore store;

  MutatedStoreTest(@TempDir Path temporary) throws BackendFailure {
    store =
        TestStore.local(temporary)
            .with(SoftwareSettings.PASSPHRASE, "correct horse battery")
            .alone();
    try (SoftwareBackend backend = store.openCheaply()) {
      TestStore.create(backend, TestStore.NAME);
    }
  }

  @Test
  @Timeout(value = 20, unit = TimeUnit.MINUTES)
  void everyCallEnds_andFailsAsExpected() throws IOException {
    Map<Path, byte[]> good = content();
    int refused = 0;
    for (int seed = 0; seed < MUTATIONS; seed++) {
      Random random = new Random(seed);
      Path file = good.keySet().stream().toList().get(random.nextInt(good.size()));
      Files.write(file, mutated(Files.readAllBytes(file), random));

      Throwable thrown = catchThrowable(this::use);
      assertThat(thrown)
          .as("seed " + seed + ", " + file.getFileName())
          .satisfiesAnyOf(
              none -> assertThat(none).isNull(),
              ours -> assertThat(ours).isInstanceOf(BackendFailure.class));
      refused += thrown == null ? 0 : 1;
      restore(good);
    }
    System.out.println(
        "mutated stores: "
            + MUTATIONS
            + ", "
            + refused
            + " refused, none hung, none failed otherwise");
    assertThat(refused).isPositive();
    assertThat(catchThrowable(this::use)).isNull();
  }

  private void use() throws BackendFailure {
    try (SoftwareBackend backend = store.openCheaply()) {
      KeySnapshot key = backend.load(TestStore.NAME, TestStore.call());
      backend.sign(TestStore.ref(key, 0), Message.ofUtf8("hello"), TestStore.call());
      backend.prepare(TestStore.rotation("1", "rotation-1"), TestStore.call());
    }
  }

  private Map<Path, byte[]> content() throws IOException {
    Map<Path, byte[]> content = new TreeMap<>();
    try (Stream<Path> files = Files.walk(store.directory())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        content.put(file, Files.readAllBytes(file));
      }
    }
    return content;
  }

  /** As it was before: a rotation changes more than was mutated. */
  private void restore(Map<Path, byte[]> good) throws IOException {
    for (Path file : content().keySet()) {
      byte[] before = good.get(file);
      if (before == null) {
        Files.delete(file);
      } else {
        Files.write(file, before);
      }
    }
  }

  private static byte[] mutated(byte[] good, Random random) {
    byte[] bytes = good.clone();
    for (int i = random.nextInt(3); i >= 0; i--) {
      int at = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
      switch (bytes.length == 0 ? 0 : random.nextInt(4)) {
        case 0 -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(4));
        case 1 -> bytes = Arrays.copyOf(bytes, at);
        case 2 -> bytes[at] = (byte) random.nextInt();
        default -> {
          byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
          System.arraycopy(bytes, at, longer, at + 1, bytes.length - at);
          bytes = longer;
        }
      }
    }
    return bytes;
  }
}
