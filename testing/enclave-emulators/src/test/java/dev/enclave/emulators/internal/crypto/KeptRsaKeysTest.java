package dev.enclave.emulators.internal.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptRsaKeysTest {

  private final Path temporary;
  private final AtomicInteger made = new AtomicInteger();

  KeptRsaKeysTest(@TempDir Path temporary) {
    this.temporary = temporary;
  }

  @Test
  void givesALaterProcessThePairsOfAnEarlierOne_inTheirOrder() {
    List<Integer> first = taken(new KeptRsaKeys(folder(), "1"), 3);
    List<Integer> second = taken(new KeptRsaKeys(folder(), "2"), 4);
    assertThat(second.subList(0, 3)).isEqualTo(first);
    assertThat(second).doesNotHaveDuplicates();
    assertThat(made).hasValue(4);
  }

  @Test
  void givesDifferentPairs_toThreadsOfOneProcess() {
    List<Integer> pairs =
        IntStream.range(0, KeptRsaKeys.MOST)
            .parallel()
            .mapToObj(i -> (int) KeptRsaKeys.in(folder()).next(2048, this::fresh)[0])
            .toList();
    assertThat(pairs).hasSize(KeptRsaKeys.MOST).doesNotHaveDuplicates();
  }

  @Test
  void givesThePairsAgain_inTheirOrder_onceAllHaveBeenTaken() {
    List<Integer> pairs = taken(new KeptRsaKeys(folder(), "1"), 2 * KeptRsaKeys.MOST);
    List<Integer> first = pairs.subList(0, KeptRsaKeys.MOST);
    assertThat(first).doesNotHaveDuplicates();
    assertThat(pairs.subList(KeptRsaKeys.MOST, pairs.size())).isEqualTo(first);
    assertThat(made).hasValue(KeptRsaKeys.MOST);
  }

  @Test
  void keepsSizesApart() {
    KeptRsaKeys keys = new KeptRsaKeys(folder(), "1");
    assertThat(keys.next(2048, this::fresh)).containsExactly(1);
    assertThat(keys.next(3072, this::fresh)).containsExactly(2);
    assertThat(new KeptRsaKeys(folder(), "2").next(3072, this::fresh)).containsExactly(2);
  }

  @Test
  void namesTheFolder_whenItCannotBeWritten() throws IOException {
    Path file = Files.createFile(temporary.resolve("file"));
    KeptRsaKeys keys = new KeptRsaKeys(file, "1");
    assertThatThrownBy(() -> keys.next(2048, this::fresh))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContainingAll(file.toString(), "unset");
  }

  private byte[] fresh() {
    return new byte[] {(byte) made.incrementAndGet()};
  }

  private Path folder() {
    return temporary.resolve("rsa");
  }

  private List<Integer> taken(KeptRsaKeys keys, int count) {
    return IntStream.range(0, count).mapToObj(i -> (int) keys.next(2048, this::fresh)[0]).toList();
  }
}
