package dev.enclave.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.PublicKeyInfo;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.KeyWrapper;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.internal.bench.Workbench;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A key-encryption key wraps data keys and opens only what it wrapped. */
public interface WrappingContract extends BackendUnderTest {

  @Test
  default void declaresWrappingAlgorithms_exactlyIfItWraps() {
    BackendHarness harness = harness();
    Workbench.with(
        harness,
        bench ->
            assertThat(wrappingAlgorithms(bench).isEmpty())
                .isNotEqualTo(harness.expects(BackendTrait.WRAPS)));
  }

  /**
   * Creates a key of every declared wrapping algorithm and opens what it wrapped; and what others
   * encrypted, where there is a public key. In one test, since an RSA key can take seconds to make.
   */
  @TestFactory
  default Stream<DynamicTest> unwrapsWhatItWrapped() {
    List<KeyAlgorithm> algorithms = new java.util.ArrayList<>();
    Workbench.with(harness(), bench -> algorithms.addAll(wrappingAlgorithms(bench)));
    return algorithms.stream()
        .map(
            algorithm ->
                DynamicTest.dynamicTest(
                    "unwrapsWhatItWrapped_by" + algorithm,
                    () ->
                        Workbench.with(
                            harness(),
                            BackendTrait.WRAPS,
                            bench -> requireRoundTrip(bench, algorithm))));
  }

  private static void requireRoundTrip(Workbench bench, KeyAlgorithm algorithm) throws Exception {
    KeySnapshot kek = bench.create(algorithm);
    KeyVersion version = kek.active().orElseThrow();
    assertThat(version.publicKey().isPresent()).isEqualTo(algorithm.asymmetric());
    byte[] dataKey = dataKey(bench);
    assertThat(unwrap(bench, kek.ref(version), wrap(bench, kek.ref(version), dataKey)))
        .isEqualTo(dataKey);
    if (version.publicKey().isPresent()) {
      requireOpened(bench, kek, version.publicKey().get());
    }
  }

  /** By RSA-OAEP of the JDK. */
  private static void requireOpened(Workbench bench, KeySnapshot kek, PublicKeyInfo publicKey)
      throws Exception {
    Cipher cipher = Cipher.getInstance(publicKey.algorithm().jcaName());
    cipher.init(
        Cipher.ENCRYPT_MODE,
        publicKey.toPublicKey(),
        publicKey.algorithm().jcaParameters().orElseThrow());
    int longest = publicKey.algorithm().keyBits() / Byte.SIZE - 2 * 32 - 2;
    for (int size : new int[] {1, 16, 32, longest}) {
      byte[] secret = new byte[size];
      Arrays.fill(secret, (byte) size);
      assertThat(unwrap(bench, ref(kek), Bytes.of(cipher.doFinal(secret)))).isEqualTo(secret);
    }
  }

  @Test
  default void refusesWhatAnotherKeyWrapped() {
    Workbench.with(
        harness(),
        BackendTrait.WRAPS,
        bench -> {
          KeySnapshot kek = createKek(bench);
          KeySnapshot other = createKek(bench);
          Bytes foreign = wrap(bench, ref(other), dataKey(bench));
          KeyWrapper wrapper = bench.capability(KeyWrapper.class);
          bench.refuse(FailureCode.CORRUPT, call -> wrapper.unwrap(ref(kek), foreign, call));
        });
  }

  @Test
  default void refusesAChangedWrapping() {
    Workbench.with(
        harness(),
        BackendTrait.WRAPS,
        bench -> {
          KeySnapshot kek = createKek(bench);
          byte[] wrapped = wrap(bench, ref(kek), dataKey(bench)).toByteArray();
          wrapped[wrapped.length - 1] ^= 1;
          KeyWrapper wrapper = bench.capability(KeyWrapper.class);
          bench.refuse(
              FailureCode.CORRUPT, call -> wrapper.unwrap(ref(kek), Bytes.of(wrapped), call));
        });
  }

  @Test
  default void refusesWhatWasNeverAWrapping() {
    Workbench.with(
        harness(),
        BackendTrait.WRAPS,
        bench -> {
          KeySnapshot kek = createKek(bench);
          KeyWrapper wrapper = bench.capability(KeyWrapper.class);
          for (int size : new int[] {0, 1, 12, 28, 60, 384, 5000}) {
            Bytes noise = Bytes.of(new byte[size]);
            bench.refuse(FailureCode.CORRUPT, call -> wrapper.unwrap(ref(kek), noise, call));
          }
        });
  }

  @Test
  default void wrapsTheSameDataKeyDifferently() {
    Workbench.with(
        harness(),
        BackendTrait.WRAPS,
        bench -> {
          KeySnapshot kek = createKek(bench);
          byte[] dataKey = dataKey(bench);
          assertThat(wrap(bench, ref(kek), dataKey)).isNotEqualTo(wrap(bench, ref(kek), dataKey));
        });
  }

  @Test
  default void neitherWrapsNorUnwraps_whenDisabled() {
    Workbench.with(
        harness(),
        EnumSet.of(BackendTrait.WRAPS, BackendTrait.CHANGES_STATE),
        bench -> {
          KeySnapshot kek = createKek(bench);
          Bytes wrapped = wrap(bench, ref(kek), dataKey(bench));
          KeySnapshot disabled = bench.changeState(ref(kek), KeyState.DISABLED);
          KeyWrapper wrapper = bench.capability(KeyWrapper.class);
          for (KeySnapshot read : List.of(disabled, bench.load(kek.name()))) {
            bench.refuse(
                FailureCode.INVALID_STATE, call -> wrapper.unwrap(ref(read), wrapped, call));
            requireNoWrapping(bench, ref(read));
          }
        });
  }

  @Test
  default void neitherWrapsNorUnwraps_byAReferenceFromBefore() {
    Workbench.with(
        harness(),
        EnumSet.of(BackendTrait.WRAPS, BackendTrait.CHANGES_STATE),
        bench -> {
          KeySnapshot kek = createKek(bench);
          Bytes wrapped = wrap(bench, ref(kek), dataKey(bench));
          bench.changeState(ref(kek), KeyState.DISABLED);
          KeyWrapper wrapper = bench.capability(KeyWrapper.class);
          bench.refuse(FailureCode.INVALID_STATE, call -> wrapper.unwrap(ref(kek), wrapped, call));
          // With a public key a backend wraps by itself, and the provider is not asked.
          requireNoOutdatedWrapping(
              bench, kek, kek.algorithm().asymmetric() ? KeyState.VERIFY_ONLY : KeyState.DISABLED);
        });
  }

  @Test
  default void unwrapsButDoesNotWrap_onceRetired() {
    Workbench.with(
        harness(),
        EnumSet.of(BackendTrait.WRAPS, BackendTrait.ROTATES),
        bench -> {
          KeySnapshot kek = createKek(bench);
          byte[] dataKey = dataKey(bench);
          Bytes wrapped = wrap(bench, ref(kek), dataKey);
          KeySnapshot rotated = bench.rotate(kek);
          for (KeySnapshot read : List.of(rotated, bench.load(kek.name()), kek)) {
            assertThat(unwrap(bench, ref(read), wrapped)).isEqualTo(dataKey);
          }
          requireNoWrapping(bench, ref(rotated));
          requireNoWrapping(bench, ref(bench.load(kek.name())));
          requireNoOutdatedWrapping(bench, kek, KeyState.VERIFY_ONLY);
        });
  }

  @Test
  default void doesNotSignWithAKek() {
    Workbench.with(
        harness(),
        BackendTrait.WRAPS,
        bench -> {
          KeySnapshot kek = createKek(bench);
          bench.refuse(
              FailureCode.UNSUPPORTED,
              call -> bench.sign(ref(kek), bench.input(bench.signingAlgorithm()), call));
        });
  }

  private static List<KeyAlgorithm> wrappingAlgorithms(Workbench bench) {
    return bench.backend().describe().offered().stream()
        .filter(algorithm -> algorithm.purpose() == KeyPurpose.WRAP)
        .toList();
  }

  private static KeySnapshot createKek(Workbench bench) throws Exception {
    return bench.create(wrappingAlgorithms(bench).get(0));
  }

  private static KeyVersionRef ref(KeySnapshot kek) {
    return kek.ref(kek.versions().get(0));
  }

  private static byte[] dataKey(Workbench bench) {
    byte[] key = new byte[32];
    bench.harness().random().nextBytes(key);
    return key;
  }

  private static Bytes wrap(Workbench bench, KeyVersionRef kek, byte[] dataKey) throws Exception {
    KeyWrapper wrapper = bench.capability(KeyWrapper.class);
    try (SecretBytes secret = SecretBytes.takeOver(dataKey.clone())) {
      return bench.succeed(call -> wrapper.wrap(kek, secret, call));
    }
  }

  private static byte[] unwrap(Workbench bench, KeyVersionRef kek, Bytes wrapped) throws Exception {
    KeyWrapper wrapper = bench.capability(KeyWrapper.class);
    try (SecretBytes secret = bench.succeed(call -> wrapper.unwrap(kek, wrapped, call))) {
      return secret.exposeSecret();
    }
  }

  /** By a reference that was read before. */
  private static void requireNoOutdatedWrapping(Workbench bench, KeySnapshot before, KeyState now)
      throws Exception {
    KeyWrapper wrapper = bench.capability(KeyWrapper.class);
    try (SecretBytes secret = SecretBytes.takeOver(dataKey(bench))) {
      bench.refuseOutdated(now, call -> wrapper.wrap(ref(before), secret, call));
    }
  }

  private static void requireNoWrapping(Workbench bench, KeyVersionRef kek) throws Exception {
    KeyWrapper wrapper = bench.capability(KeyWrapper.class);
    try (SecretBytes secret = SecretBytes.takeOver(dataKey(bench))) {
      bench.refuse(FailureCode.INVALID_STATE, call -> wrapper.wrap(kek, secret, call));
    }
  }
}
