package dev.enclave.aws.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.aws.internal.KmsBench;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** New keys and changed aliases that reads show a minute late, as AWS says that they may. */
class SlowAliasesTest {

  private static final Duration LAG = Duration.ofSeconds(60);

  private static KmsBench slow() {
    return new KmsBench(server -> server.eventualConsistency(LAG));
  }

  /** The key, once it is there; what was answered before that passes. */
  private static KeySnapshot created(KmsBench bench) throws BackendFailure {
    CreateRequest request = bench.request(KmsBench.NAME, KmsBench.ALGORITHM);
    BackendFailure early =
        catchThrowableOfType(
            BackendFailure.class,
            () -> bench.backend.create(request, bench.call(request.operationId())));
    assertThat(early.failureClass()).isEqualTo(FailureClass.TRANSIENT);
    bench.clock.advance(LAG);
    return bench.backend.create(request, bench.call(request.operationId()));
  }

  @Test
  void makesOneKey_onceReadsShowIt() throws BackendFailure {
    try (KmsBench bench = slow()) {
      KeySnapshot key = created(bench);
      assertThat(key.versions()).extracting(KeyVersion::state).containsExactly(KeyState.ACTIVE);
      assertThat(bench.requests()).filteredOn("CreateKey"::equals).hasSize(1);
    }
  }

  @Test
  void hasOneActiveVersion_whileReadsAreBehindARotation() throws BackendFailure {
    try (KmsBench bench = slow()) {
      KeySnapshot before = created(bench);
      bench.clock.advance(LAG);
      RotateRequest rotation = bench.rotation(before);
      BackendFailure early =
          catchThrowableOfType(
              BackendFailure.class,
              () -> bench.backend.prepare(rotation, bench.call(rotation.operationId())));
      assertThat(early.failureClass()).isEqualTo(FailureClass.TRANSIENT);
      bench.clock.advance(LAG);
      KeyVersion next = bench.backend.prepare(rotation, bench.call(rotation.operationId()));
      bench.clock.advance(LAG);
      bench.backend.activate(rotation, next.id(), bench.call(rotation.operationId()));
      assertThat(bench.backend.load(KmsBench.NAME, bench.call()).active().orElseThrow().id())
          .isEqualTo(before.active().orElseThrow().id());
      bench.clock.advance(LAG);
      KeySnapshot after = bench.backend.load(KmsBench.NAME, bench.call());
      assertThat(after.versions())
          .extracting(KeyVersion::state)
          .containsExactly(KeyState.VERIFY_ONLY, KeyState.ACTIVE);
      assertThat(after.active().orElseThrow().id()).isEqualTo(next.id());
    }
  }
}
