package dev.enclave;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.admin.RotationReason;
import dev.enclave.error.EnclaveException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever text or bytes come in, what comes out is a value or a coded exception. */
class HostileTextTest {

  private static final int TRIES = 5_000;

  private interface Reader {
    Object read();
  }

  private static void readsOrRefuses(Reader reader) {
    try {
      assertThat(reader.read()).isNotNull();
    } catch (EnclaveException e) {
      assertThat(e.code()).isNotNull();
      assertThat(e.getMessage()).isNotBlank();
      // Handles' canonical forms are quoted, and those are pure ASCII too.
      assertThat(e.getMessage().chars()).allMatch(c -> c >= 0x20 && c < 0x7f);
    }
  }

  @Property(tries = TRIES)
  void namesAreReadOrRefused(@ForAll String text) {
    readsOrRefuses(() -> new KeyName(text));
    readsOrRefuses(() -> new BackendId(text));
    readsOrRefuses(() -> new KeyVersionId(text));
    readsOrRefuses(() -> KeyAlgorithm.parse(text));
    readsOrRefuses(() -> RotationReason.parse(text));
    readsOrRefuses(() -> RotationInterval.parse(text));
    readsOrRefuses(() -> SignOptions.by(text));
    readsOrRefuses(() -> Bytes.ofHex(text));
  }

  @Property(tries = TRIES)
  void handlesAreReadOrRefused(@ForAll("handleLike") String text) {
    readsOrRefuses(() -> KeyHandle.parse(text));
  }

  @Provide
  Arbitrary<String> handleLike() {
    Arbitrary<String> part =
        Arbitraries.strings().withChars("abz019-%2FA+: \n\u00e9\ud83d\0").ofMaxLength(70);
    return Arbitraries.oneOf(
        Arbitraries.strings(),
        part.map(p -> "enclave:v1:" + p),
        part.list().ofSize(4).map(p -> "enclave:v1:" + String.join(":", p)),
        part.map(p -> "enclave:v1:software:" + p + ":wallet-42:-"),
        part.map(p -> "enclave:v1:software:dir:wallet-42:" + p));
  }

  @Property(tries = TRIES)
  void signaturesAreReadOrRefused(@ForAll("signatureLike") String text) {
    readsOrRefuses(() -> SignatureValue.parse(text));
  }

  @Provide
  Arbitrary<String> signatureLike() {
    Arbitrary<String> part =
        Arbitraries.strings().withChars("abz019-%2FA+: \n\u00e9\ud83d\0").ofMaxLength(70);
    String handle = ":enclave:v1:software:dir:wallet-42:-";
    return Arbitraries.oneOf(
        Arbitraries.strings(),
        part.map(p -> "enclave-signature:v1:" + p),
        part.list().ofSize(7).map(p -> "enclave-signature:v1:" + String.join(":", p)),
        part.map(p -> "enclave-signature:v1:ED25519:RAW:" + p + ":1:-:-" + handle),
        part.map(p -> "enclave-signature:v1:ED25519:RAW:00:1:-:" + p + handle),
        part.map(p -> "enclave-signature:v1:ED25519:RAW:00:1:-:-:" + p));
  }

  @Property(tries = TRIES)
  void everyHandleIsReadAsItIsWritten(@ForAll("authorities") String authority) {
    KeyHandle handle =
        new KeyHandle(
            BackendId.SOFTWARE,
            authority,
            new KeyName("wallet-42"),
            Optional.of(new Fingerprint(Bytes.of(new byte[32]))));
    assertThat(KeyHandle.parse(handle.toString())).isEqualTo(handle);
  }

  @Provide
  Arbitrary<String> authorities() {
    return Arbitraries.strings()
        .ofMinLength(1)
        .ofMaxLength(512)
        .filter(
            s ->
                s.chars().noneMatch(Character::isISOControl)
                    && StandardCharsets.UTF_8.newEncoder().canEncode(s));
  }

  @Property(tries = TRIES)
  void sealedBoxesAreReadOrRefused(@ForAll byte[] bytes) {
    readsOrRefuses(() -> SealedBytes.parse(bytes));
    byte[] marked = new byte[bytes.length + 4];
    System.arraycopy("ESB1".getBytes(StandardCharsets.US_ASCII), 0, marked, 0, 4);
    System.arraycopy(bytes, 0, marked, 4, bytes.length);
    readsOrRefuses(() -> SealedBytes.parse(marked));
  }

  @Property(tries = TRIES)
  void mutatedBoxesAreReadOrRefused(@ForAll int position, @ForAll byte value) {
    byte[] box = ValuesTest.box().toByteArray();
    box[Math.floorMod(position, box.length)] = value;
    readsOrRefuses(() -> SealedBytes.parse(box));
  }
}
