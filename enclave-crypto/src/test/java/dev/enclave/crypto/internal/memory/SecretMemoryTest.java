package dev.enclave.crypto.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SecretMemoryTest {

  /** Pages that a test can look at. */
  private static final class VisiblePages implements PageSource {

    private final List<ByteBuffer> given = new ArrayList<>();
    private final Optional<String> shortcoming;

    VisiblePages(Optional<String> shortcoming) {
      this.shortcoming = shortcoming;
    }

    @Override
    public Pages obtain(int size) {
      ByteBuffer memory = ByteBuffer.allocateDirect(size);
      given.add(memory);
      return new Pages(memory, shortcoming);
    }

    boolean allZero() {
      return given.stream()
          .allMatch(
              memory -> {
                byte[] copy = new byte[memory.capacity()];
                memory.get(0, copy);
                return Arrays.equals(copy, new byte[copy.length]);
              });
    }
  }

  private final VisiblePages pages = new VisiblePages(Optional.empty());
  private final SecretMemory memory = new SecretMemory(pages);

  private static byte[] bytes(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  @Test
  void givesBackWhatItHid_andOverwritesWhatItWasGiven() {
    byte[] content = bytes(48, 7);
    OffHeapSecret secret = memory.hide(content);
    assertThat(content).containsOnly(0);
    assertThat(secret.open()).isEqualTo(bytes(48, 7));
    assertThat(secret).hasToString("OffHeapSecret[***]");
  }

  @Test
  void overwritesTheCopyOfAUse_evenWhenItFails() {
    OffHeapSecret secret = memory.hide(bytes(32, 9));
    List<byte[]> seen = new ArrayList<>();
    assertThatThrownBy(
            () ->
                secret.use(
                    opened -> {
                      seen.add(opened);
                      throw new IllegalStateException("a use that fails");
                    }))
        .hasMessage("a use that fails");
    assertThat(seen.get(0)).containsOnly(0);
    assertThat(secret.open()).isEqualTo(bytes(32, 9));
  }

  @Test
  void overwritesASecretOnClose_andRefusesToOpenItThen() {
    OffHeapSecret secret = memory.hide(bytes(3000, 1));
    assertThat(pages.allZero()).isFalse();
    secret.close();
    secret.close();
    assertThat(pages.allZero()).isTrue();
    assertThatThrownBy(secret::open).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void keepsSecretsOfAllSizesApart_howeverTheyComeAndGo() {
    Random random = new Random(1);
    List<OffHeapSecret> secrets = new ArrayList<>();
    List<byte[]> contents = new ArrayList<>();
    for (int step = 0; step < 3000; step++) {
      if (secrets.size() > 40) {
        int gone = random.nextInt(secrets.size());
        assertThat(secrets.get(gone).open()).isEqualTo(contents.remove(gone));
        secrets.remove(gone).close();
      }
      byte[] content = bytes(random.nextInt(2400), random.nextInt(255) + 1);
      contents.add(content.clone());
      secrets.add(memory.hide(content));
    }
    for (int i = 0; i < secrets.size(); i++) {
      assertThat(secrets.get(i).open()).isEqualTo(contents.get(i));
    }
    secrets.forEach(OffHeapSecret::close);
    assertThat(pages.allZero()).isTrue();
    assertThat(pages.given).hasSizeLessThan(12);
  }

  @Test
  void takesASecretLargerThanARegion() {
    assertThat(memory.hide(bytes(100_000, 3)).open()).isEqualTo(bytes(100_000, 3));
  }

  @Test
  void overwritesASecretThatWasForgotten() {
    forget();
    // The cleaner's thread has to come round after the collection; nothing tells when.
    for (int i = 0; i < 500 && !pages.allZero(); i++) {
      System.gc();
    }
    assertThat(pages.allZero()).isTrue();
  }

  private void forget() {
    assertThat(memory.hide(bytes(32, 5)).open()).containsOnly(5);
  }

  @Test
  void saysWhatProtectsIt() {
    assertThat(memory.describe()).isEqualTo("locked off-heap memory");
    assertThat(new SecretMemory(new VisiblePages(Optional.of("mlock was refused"))).describe())
        .isEqualTo("off-heap memory, not locked (mlock was refused)");
    assertThat(new SecretMemory(new PageSource.DirectPages("no JNA")).describe())
        .isEqualTo("off-heap memory, not locked (no JNA)");
  }
}
