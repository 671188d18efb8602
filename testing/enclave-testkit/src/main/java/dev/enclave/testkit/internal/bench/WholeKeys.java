package dev.enclave.testkit.internal.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.crypto.LocalKey;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.KeyImporter.ImportSupport;
import dev.enclave.spi.backend.RestoreRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keys outside any backend, to be restored and compared. */
public final class WholeKeys {

  private WholeKeys() {}

  /** A key whose versions have these states, made some days ago. */
  public static ExportedKey made(Workbench bench, KeyAlgorithm algorithm, KeyState... states) {
    Instant first =
        bench
            .harness()
            .time()
            .now()
            .truncatedTo(ChronoUnit.SECONDS)
            .minus(Duration.ofDays(states.length));
    List<Version> versions = new ArrayList<>();
    for (KeyState state : states) {
      int number = versions.size() + 1;
      try (LocalKey key = LocalKey.generate(algorithm, bench.harness().random())) {
        versions.add(
            Version.of(
                KeyVersionId.of(Integer.toString(number)),
                state,
                first.plus(Duration.ofDays(number)),
                key.publicKey(),
                state == KeyState.DESTROYED ? Optional.empty() : Optional.of(key.encode())));
      }
    }
    return ExportedKey.of(
        bench.freshName(),
        algorithm,
        RotationInterval.NEVER,
        Optional.of(bench.harness().environment()),
        versions);
  }

  /** A key whose private half is none: for who must not look at it. */
  public static ExportedKey junk(Workbench bench, KeyAlgorithm algorithm) {
    byte[] material = new byte[32];
    bench.harness().random().nextBytes(material);
    return ExportedKey.of(
        bench.freshName(),
        algorithm,
        RotationInterval.NEVER,
        Optional.of(bench.harness().environment()),
        List.of(
            Version.of(
                KeyVersionId.of("1"),
                KeyState.ACTIVE,
                bench.harness().time().now().truncatedTo(ChronoUnit.SECONDS),
                Optional.empty(),
                Optional.of(SecretBytes.takeOver(material)))));
  }

  /** A request to restore it under a name of its own. */
  public static RestoreRequest request(Workbench bench, ExportedKey key) {
    return RestoreRequest.of(
        bench.freshName(), bench.harness().environment(), key, bench.freshId());
  }

  /** Asserts that a restored key is the one outside, as far as the backend promises that. */
  public static void requireRestored(
      KeySnapshot inside, ExportedKey outside, ImportSupport support) {
    if (support.whole()) {
      requireSame(inside, outside);
      return;
    }
    List<Version> living =
        outside.versions().stream().filter(version -> version.material().isPresent()).toList();
    assertThat(inside.algorithm()).isEqualTo(outside.algorithm());
    assertThat(inside.rotation()).isEqualTo(outside.rotation());
    assertThat(inside.versions())
        .extracting(KeyVersion::state)
        .as("states of the versions that have a private half, oldest first")
        .containsExactlyElementsOf(living.stream().map(Version::state).toList());
    assertThat(inside.versions())
        .extracting(KeyVersion::publicKey)
        .as("their public keys")
        .containsExactlyElementsOf(living.stream().map(Version::publicKey).toList());
  }

  /** Asserts that two readings are of one key, with the same active version. */
  public static void requireSameVersions(KeySnapshot one, KeySnapshot other) {
    assertThat(one.algorithm()).isEqualTo(other.algorithm());
    assertThat(one.stamp()).isEqualTo(other.stamp());
    assertThat(one.versions())
        .extracting(KeyVersion::id, KeyVersion::state, KeyVersion::createdAt, KeyVersion::origin)
        .containsExactlyElementsOf(
            other.versions().stream()
                .map(v -> tuple(v.id(), v.state(), v.createdAt(), v.origin()))
                .toList());
    assertThat(one.active()).isEqualTo(other.active());
  }

  /** Asserts that a key in a backend and one outside are the same, version by version. */
  public static void requireSame(KeySnapshot inside, ExportedKey outside) {
    assertThat(inside.algorithm()).isEqualTo(outside.algorithm());
    assertThat(inside.versions())
        .extracting(KeyVersion::id)
        .as("ids of the versions, oldest first")
        .containsExactlyElementsOf(outside.versions().stream().map(Version::id).toList());
    assertThat(inside.versions())
        .extracting(KeyVersion::state)
        .as("states")
        .containsExactlyElementsOf(outside.versions().stream().map(Version::state).toList());
    assertThat(inside.versions())
        .extracting(KeyVersion::createdAt)
        .as("times")
        .containsExactlyElementsOf(outside.versions().stream().map(Version::createdAt).toList());
    for (Version version : outside.versions()) {
      if (version.material().isPresent()) {
        assertThat(inside.version(version.id()).orElseThrow().publicKey())
            .as("public key of version " + version.id())
            .isEqualTo(version.publicKey());
      }
    }
  }
}
