package dev.enclave.vault.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.campaign.CapableBackend;
import dev.enclave.crypto.Hashing;
import dev.enclave.crypto.LocalKey;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.OrphanCollector.Orphan;
import dev.enclave.spi.backend.RestoreRequest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys from elsewhere, and what is left of a bad day. */
class VaultImportsTest {

  private static final SigningAlgorithm ALGORITHM = SigningAlgorithm.ECDSA_P256_SHA256;
  private static final Digest DIGEST =
      Hashing.digest(DigestAlgorithm.SHA_256, Message.ofUtf8("to be signed"));
  private static final KeyName NAME = KeyName.of("a");
  private static final String DOCUMENT = "secret/data/enclave/keys/a";
  private static final String NOTES = "secret/metadata/enclave/restoring?list=true";

  private VaultBench bench;
  private final RestoreRequest request =
      RestoreRequest.of(
          NAME,
          EnvironmentType.DEVELOPMENT,
          key(KeyState.VERIFY_ONLY, KeyState.DISABLED, KeyState.ACTIVE),
          "restore");

  @BeforeEach
  void start() throws BackendFailure {
    bench = new VaultBench();
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private static ExportedKey key(KeyState... states) {
    SecureRandom random = new SecureRandom();
    List<Version> versions = new ArrayList<>();
    for (KeyState state : states) {
      try (LocalKey key = LocalKey.generate(ALGORITHM, random)) {
        versions.add(
            Version.of(
                KeyVersionId.of("v" + versions.size()),
                state,
                Instant.EPOCH,
                key.publicKey(),
                Optional.of(key.encode())));
      }
    }
    return ExportedKey.of(
        KeyName.of("outside"), ALGORITHM, RotationInterval.NEVER, Optional.empty(), versions);
  }

  private void requireWhole(KeySnapshot key) {
    requireWhole(key.versions());
  }

  private void requireWhole(List<KeyVersion> versions) {
    assertThat(versions)
        .extracting(KeyVersion::state)
        .containsExactly(KeyState.VERIFY_ONLY, KeyState.DISABLED, KeyState.ACTIVE);
    assertThat(versions).extracting(KeyVersion::origin).containsOnly(KeyOrigin.IMPORTED);
    assertThat(versions)
        .extracting(version -> version.publicKey().orElseThrow())
        .isEqualTo(
            request.key().versions().stream().map(v -> v.publicKey().orElseThrow()).toList());
    assertThat(bench.transitKeys()).hasSize(3);
    assertThat(bench.administrator.read(NOTES)).isEmpty();
  }

  @Test
  void restoresVersionsAsTheyWere_andSignsByTheActiveOne() throws Exception {
    KeySnapshot restored = bench.backend.restore(request, bench.call());
    requireWhole(restored);
    requireWhole(bench.backend.load(NAME, bench.call()));
    bench.backend.sign(restored.ref(restored.active().orElseThrow()), DIGEST, bench.call());
    assertThat(bench.asked)
        .filteredOn(asked -> asked.matches("POST transit/keys/.*/import"))
        .hasSize(3);
    assertThat(bench.rotate(restored, "rotate").active()).isPresent();
  }

  @Test
  void isNoKeyBeforeAllIsBrought_andIsFinishedByWhoeverRestoresTheSame() throws Exception {
    bench.before("POST transit/keys/.*/config", bench.backend::close);
    BackendFailure cut =
        catchThrowableOfType(
            BackendFailure.class, () -> bench.backend.restore(request, bench.call()));
    assertThat(cut.code()).as(cut.getMessage()).isEqualTo(FailureCode.CLOSED);
    CapableBackend other = bench.another();
    assertThat(bench.transitKeys()).isNotEmpty();
    assertThat(other.list(bench.call())).isEmpty();
    assertThat(catchThrowableOfType(BackendFailure.class, () -> other.load(NAME, bench.call())))
        .hasMessageContaining("restor");

    requireWhole(other.restore(request, bench.call()));

    assertThat(other.list(bench.call())).containsExactly(NAME);
  }

  @ParameterizedTest
  @CsvSource({"GET transit/keys/.*, 0", "POST " + DOCUMENT + ", 2"})
  void isRepeated_whileSomebodyTakesWhatWasBroughtForALeftover(String asked, int told)
      throws Exception {
    String imports = "POST transit/keys/.*/import";
    bench.before(
        imports,
        () ->
            bench.before(
                imports,
                () ->
                    bench.before(
                        "POST " + DOCUMENT,
                        () -> {
                          throw new IllegalStateException("died");
                        })));
    assertThatThrownBy(() -> bench.backend.restore(request, bench.call())).hasMessage("died");
    bench.clock.advance(Duration.ofMinutes(16));
    CapableBackend other = bench.another();
    List<Orphan> left = other.orphans(Optional.empty(), bench.call()).orphans();
    assertThat(left).hasSize(2);
    bench.before(asked, () -> left.forEach(orphan -> discard(other, orphan)));

    // It may have counted on what was entered already, or have brought it out of its order.
    for (int failures = 0; failures < told; failures++) {
      assertThatThrownBy(() -> bench.backend.restore(request, bench.call()))
          .isInstanceOf(BackendFailure.class)
          .hasMessageContaining("destroyed");
      assertThat(other.list(bench.call())).isEmpty();
    }
    KeySnapshot restored = bench.backend.restore(request, bench.call());

    bench.backend.sign(restored.ref(restored.active().orElseThrow()), DIGEST, bench.call());
    // What was imported anew under names that are used up is found by who looks again.
    bench.clock.advance(Duration.ofMinutes(16));
    bench.orphans().forEach(orphan -> discard(other, orphan));
    KeySnapshot loaded = bench.backend.load(NAME, bench.call());
    List<KeyVersion> there = new ArrayList<>(loaded.versions());
    there.removeIf(version -> version.state() == KeyState.DESTROYED);
    requireWhole(there);
  }

  private void discard(CapableBackend other, Orphan orphan) {
    try {
      other.discard(orphan, bench.call());
    } catch (BackendFailure e) {
      throw new AssertionError(e);
    }
  }
}
