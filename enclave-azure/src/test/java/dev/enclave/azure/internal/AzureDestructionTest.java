package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.KeySnapshot;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The last version that is destroyed takes the whole key with it, and nothing that came since. */
class AzureDestructionTest {

  private final AzureBench bench = new AzureBench();

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void deletesNoVersion_thatARotationMadeMeanwhile() throws BackendFailure {
    KeySnapshot key = bench.create();
    AtomicBoolean first = new AtomicBoolean(true);
    bench.meddle(
        "UpdateKey",
        (request, service) -> {
          if (first.getAndSet(false)) {
            rotate(key);
          }
          return Delivery.answer(service.handle(request));
        });

    destroy(key);

    assertThat(bench.server.journal().of("DeleteKey")).isEmpty();
    assertThat(bench.load().versions())
        .extracting(KeyVersion::id, KeyVersion::state)
        .containsExactly(
            tuple(key.versions().get(0).id(), KeyState.DESTROYED),
            tuple(bench.load().versions().get(1).id(), KeyState.ACTIVE));
  }

  private void rotate(KeySnapshot key) {
    try {
      bench.rotate(key);
    } catch (BackendFailure e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void deletesTheKeyAtLast_whoseDeletionFailedAtFirst() throws BackendFailure {
    KeySnapshot key = bench.create();
    bench.meddle("DeleteKey", (request, service) -> Delivery.reset());
    BackendFailure failure = bench.failureOf(() -> destroy(key));
    assertThat(failure.failureClass()).isEqualTo(FailureClass.AMBIGUOUS);

    bench.leaveAlone();
    destroy(key);

    assertThat(bench.server.journal().of("DeleteKey"))
        .filteredOn(entry -> entry.status() == 200)
        .hasSize(1);
    assertThat(bench.load().versions())
        .extracting(KeyVersion::state)
        .containsExactly(KeyState.DESTROYED);
  }

  private void destroy(KeySnapshot key) throws BackendFailure {
    bench.backend.changeState(key.ref(key.versions().get(0)), KeyState.DESTROYED, bench.call());
  }
}
