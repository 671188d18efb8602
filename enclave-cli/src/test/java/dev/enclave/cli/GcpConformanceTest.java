package dev.enclave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.gcp.GcpKmsBackendProvider;
import dev.enclave.spi.backend.ConformanceSupport.Estimate;
import dev.enclave.testkit.MutableClock;
import java.nio.file.Path;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run of the contracts through the command, against a key ring at our own server. */
@Tag("full")
class GcpConformanceTest {

  private static final Percentage CLOSE = Percentage.withPercentage(15);
  private static final String RING = "conformance";

  private final MutableClock clock = new MutableClock();

  @Test
  void conforms_costsWhatItSaid_andLeavesNoKeyThatCostsAnything(@TempDir Path folder) {
    try (GcpKmsServer server = GcpKmsServer.builder().clock(clock::now).keyRing(RING).start()) {
      Cli.Run run =
          Cli.in(folder)
              .with(clock)
              .run(GcpOptions.line(server, RING, "conformance", "--backend=gcp-kms", "--yes"));

      assertThat(run.out()).doesNotContain("FAILED").doesNotContain("LEFT");
      assertThat(run.code()).as(run.out() + run.err()).isZero();
      Estimate estimate = new GcpKmsBackendProvider().estimate();
      assertThat(applied(server, "CreateCryptoKey")).isCloseTo(estimate.keys(), CLOSE);
      assertThat((long) server.journal().entries().size()).isCloseTo(estimate.requests(), CLOSE);
      assertThat(applied(server, "DestroyCryptoKeyVersion")).isPositive();
    }
  }

  private static long applied(GcpKmsServer server, String operation) {
    return server.journal().of(operation).stream()
        .map(JournalEntry::status)
        .filter(status -> status == 200)
        .count();
  }
}
