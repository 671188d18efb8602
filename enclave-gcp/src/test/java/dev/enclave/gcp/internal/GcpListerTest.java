package dev.enclave.gcp.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyName;
import dev.enclave.SigningAlgorithm;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.KeyLister.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A list of many pages, one request for each. */
class GcpListerTest {

  private static final int KEYS = 5;
  private static final int ON_A_PAGE = 2;

  @Test
  void givesEachPageAlone() throws BackendFailure {
    try (Bench bench = Bench.start(GcpKmsServer.builder().mostItemsPerPage(ON_A_PAGE))) {
      List<KeyName> made = new ArrayList<>();
      for (int i = 0; i < KEYS; i++) {
        made.add(bench.create(SigningAlgorithm.ECDSA_P256_SHA256).name());
      }
      List<KeyName> names = new ArrayList<>();
      Optional<String> from = Optional.empty();
      do {
        Names page = bench.backend().page(from, bench.call());
        assertThat(page.names()).hasSizeLessThanOrEqualTo(ON_A_PAGE);
        names.addAll(page.names());
        from = page.next();
      } while (from.isPresent());
      assertThat(names).containsExactlyInAnyOrderElementsOf(made);
    }
  }
}
