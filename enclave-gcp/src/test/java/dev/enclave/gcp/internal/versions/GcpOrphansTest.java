package dev.enclave.gcp.internal.versions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.SigningAlgorithm;
import dev.enclave.campaign.CapableBackend;
import dev.enclave.error.ErrorCode;
import dev.enclave.gcp.internal.Bench;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.spi.backend.OrphanCollector.Orphan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Versions that a rotation left behind are found and destroyed; nothing else is. */
class GcpOrphansTest {

  private Bench bench;

  @BeforeEach
  void start() {
    bench = Bench.start();
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  @Test
  void findsAndDestroysAVersionThatNobodyActivated_onceNoRotationCanBeUnderWay() throws Exception {
    KeySnapshot key = bench.create(SigningAlgorithm.ECDSA_P256_SHA256);
    KeyVersion left = prepare(key, "lost");
    RotateRequest rotation = request(key, "won");
    KeyVersion next = prepare(key, "won");
    bench.backend().activate(rotation, next.id(), bench.call());

    assertThat(orphans()).isEmpty();
    bench.clock().advance(Duration.ofMinutes(16));
    List<Orphan> orphans = orphans();
    assertThat(orphans).extracting(Orphan::providerUri).containsExactly(left.providerUri());

    assertThat(bench.backend().discard(orphans.get(0), bench.call())).isTrue();
    assertThat(bench.backend().discard(orphans.get(0), bench.call())).isTrue();
    assertThat(orphans()).isEmpty();
    KeySnapshot loaded = bench.backend().load(key.name(), bench.call());
    assertThat(loaded.versions())
        .extracting(KeyVersion::state)
        .containsExactly(KeyState.VERIFY_ONLY, KeyState.DESTROYED, KeyState.ACTIVE);
  }

  /** By hand or by a rotation: Cloud KMS takes no label of a version that would tell. */
  @Test
  void tellsAVersionThatNobodyActivated_onceItCannotBePublishedAhead() throws Exception {
    KeySnapshot key = bench.create(SigningAlgorithm.ECDSA_P256_SHA256);
    KeyVersion waiting = prepare(key, "next");
    try (CapableBackend publishing = bench.publishing(Duration.ofDays(7))) {
      bench.clock().advance(Duration.ofMinutes(16));
      assertThat(told(bench.backend(), key)).containsExactly(waiting.providerUri());
      assertThat(told(publishing, key)).isEmpty();
      bench.clock().advance(Duration.ofDays(7));
      assertThat(told(publishing, key)).containsExactly(waiting.providerUri());
    }
  }

  /** Which version health tells of, once the key was read. */
  private List<String> told(CapableBackend backend, KeySnapshot key) throws Exception {
    backend.load(key.name(), bench.call());
    return backend.health(bench.call()).findings().stream()
        .filter(finding -> finding.code() == ErrorCode.KEY_IDENTITY_CHANGED)
        .map(finding -> finding.observed().replaceAll("^Version | signs nothing.*$", ""))
        .toList();
  }

  @Test
  void keepsAVersionThatWasActivatedMeanwhile() throws Exception {
    KeySnapshot key = bench.create(SigningAlgorithm.ECDSA_P256_SHA256);
    KeyVersion late = prepare(key, "late");
    bench.clock().advance(Duration.ofMinutes(16));
    List<Orphan> orphans = orphans();
    assertThat(orphans).hasSize(1);
    bench.backend().activate(request(key, "late"), late.id(), bench.call());
    assertThat(bench.backend().discard(orphans.get(0), bench.call())).isFalse();
    assertThat(bench.backend().load(key.name(), bench.call()).active())
        .map(KeyVersion::id)
        .contains(late.id());
  }

  @Test
  void switchesAVersionOnAgain_thatIsActivatedWhileItIsDiscarded() throws Exception {
    KeySnapshot key = bench.create(SigningAlgorithm.ECDSA_P256_SHA256);
    KeyVersion late = prepare(key, "late");
    bench.clock().advance(Duration.ofMinutes(16));
    Orphan listed = orphans().get(0);
    bench
        .tampering()
        .requests(
            "UpdateCryptoKeyVersion",
            request -> {
              bench.tampering().stop();
              activate(request(key, "late"), late);
              return request;
            });

    assertThat(bench.backend().discard(listed, bench.call())).isFalse();

    assertThat(bench.backend().load(key.name(), bench.call()).active())
        .map(KeyVersion::id)
        .contains(late.id());
  }

  private void activate(RotateRequest request, KeyVersion version) {
    try {
      bench.another().activate(request, version.id(), bench.call());
    } catch (BackendFailure e) {
      throw new AssertionError(e);
    }
  }

  private KeyVersion prepare(KeySnapshot key, String operation) throws Exception {
    return bench.backend().prepare(request(key, operation), bench.call());
  }

  private static RotateRequest request(KeySnapshot key, String operation) {
    return RotateRequest.of(key.name(), KeyVersionId.of("1"), operation, KeyState.VERIFY_ONLY);
  }

  private List<Orphan> orphans() throws Exception {
    List<Orphan> orphans = new ArrayList<>();
    Optional<String> from = Optional.empty();
    do {
      var page = bench.backend().orphans(from, bench.call());
      orphans.addAll(page.orphans());
      from = page.next();
    } while (from.isPresent());
    return orphans;
  }
}
