package dev.enclave.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.crypto.LocalKey;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.RestoreRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keys outside any backend, to be restored and compared. */
final class WholeKeys {

  private WholeKeys() {}

  /** A key whose versions have these states, made some days ago. */
  static ExportedKey made(Workbench bench, KeyAlgorithm algorithm, KeyState... states) {
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
            new Version(
                KeyVersionId.of(Integer.toString(number)),
                state,
                first.plus(Duration.ofDays(number)),
                key.publicKey(),
                state == KeyState.DESTROYED ? Optional.empty() : Optional.of(key.encode())));
      }
    }
    return new ExportedKey(
        bench.freshName(),
        algorithm,
        RotationInterval.NEVER,
        Optional.of(bench.harness().environment()),
        versions);
  }

  /** A request to restore it under a name of its own. */
  static RestoreRequest request(Workbench bench, ExportedKey key) {
    return new RestoreRequest(
        bench.freshName(), bench.harness().environment(), key, bench.freshId());
  }

  /** Asserts that a key in a backend and one outside are the same, version by version. */
  static void requireSame(KeySnapshot inside, ExportedKey outside) {
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
