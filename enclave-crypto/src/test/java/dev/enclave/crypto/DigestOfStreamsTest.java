package dev.enclave.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.enclave.Bytes;
import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.Message;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.bouncycastle.jcajce.provider.digest.Keccak;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Hashes of what is not in memory. */
class DigestOfStreamsTest {

  /**
   * Remembers how much was asked for at once and whether it was closed; now and then gives one
   * byte.
   */
  private static final class Watched extends InputStream {

    private final long length;
    private long given;
    private int most;
    private boolean closed;

    private Watched(long length) {
      this.length = length;
    }

    @Override
    public int read() {
      return given < length ? (byte) given++ & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int from, int wanted) {
      most = Math.max(most, wanted);
      if (given == length) {
        return -1;
      }
      int now = (int) Math.min(length - given, given % 3 == 0 ? 1 : wanted);
      for (int i = 0; i < now; i++) {
        target[from + i] = (byte) given++;
      }
      return now;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SHA_256, e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "KECCAK_256, c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
  })
  void areThePublishedOnes_ofNothing(DigestAlgorithm algorithm, String expected)
      throws IOException {
    assertThat(Digest.of(algorithm, InputStream.nullInputStream()).value().toHex())
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource
  void areThoseOfTheWholeMessage(DigestAlgorithm algorithm, @TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("data");
    for (int length : new int[] {1, 65535, 65536, 65537, 200_001}) {
      byte[] data = new byte[length];
      for (int i = 0; i < length; i++) {
        data[i] = (byte) i;
      }
      Files.write(file, data);
      Digest expected = Hashing.digest(algorithm, Message.of(data));
      assertThat(Digest.of(algorithm, new ByteArrayInputStream(data))).isEqualTo(expected);
      assertThat(Digest.of(algorithm, new Watched(length))).isEqualTo(expected);
      assertThat(Digest.of(algorithm, file)).isEqualTo(expected);
    }
  }

  @Test
  void areThoseOfAnotherImplementation() throws IOException {
    byte[] data = new byte[100_000];
    Arrays.fill(data, (byte) 7);
    assertThat(Digest.of(DigestAlgorithm.KECCAK_256, new ByteArrayInputStream(data)).value())
        .isEqualTo(Bytes.of(new Keccak.Digest256().digest(data)));
  }

  @Test
  void readInABoundedBuffer_andLeaveTheStreamOpen() throws IOException {
    Watched large = new Watched(64L << 20);
    Digest.of(DigestAlgorithm.SHA_256, large);
    assertThat(large.given).isEqualTo(64L << 20);
    assertThat(large.most).isLessThanOrEqualTo(1 << 16);
    assertThat(large.closed).isFalse();
  }

  @Test
  void areSignedAndVerified() throws IOException {
    LocalKey key = TestKeys.of(SigningAlgorithm.ECDSA_P256_SHA256);
    Message message = Message.ofUtf8("a document");
    Digest digest =
        Digest.of(DigestAlgorithm.SHA_256, new ByteArrayInputStream(message.toByteArray()));
    assertThat(
            SignatureVerifier.of(key.publicKey().orElseThrow())
                .verify(message, key.sign(digest), key.algorithm().defaultEncoding()))
        .isTrue();
  }

  @Test
  void failAsReadingFails(@TempDir Path folder) throws IOException {
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> Digest.of(DigestAlgorithm.SHA_256, folder.resolve("missing")));
    InputStream closed = InputStream.nullInputStream();
    closed.close();
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> Digest.of(DigestAlgorithm.SHA_256, closed));
  }
}
