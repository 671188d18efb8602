package dev.enclave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.aws.AwsKmsBackendProvider;
import dev.enclave.emulators.AwsCredentials;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.spi.backend.ConformanceSupport.Estimate;
import dev.enclave.testkit.MutableClock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run of the contracts through the command, against an account at our own server. */
@Tag("full")
class AwsConformanceTest {

  private static final Percentage CLOSE = Percentage.withPercentage(15);

  private final MutableClock clock = new MutableClock();

  @Test
  void conforms_costsWhatItSaid_andLeavesNoKeyThatCostsAnything(@TempDir Path folder) {
    try (AwsKmsServer server =
        AwsKmsServer.builder().clock(clock::now).anySignatureTime().start()) {
      Cli.Run run =
          Cli.in(folder).with(clock).run(line(server, "conformance", "--backend=aws-kms", "--yes"));

      assertThat(run.out()).doesNotContain("FAILED").doesNotContain("LEFT");
      assertThat(run.code()).as(run.out() + run.err()).isZero();
      Estimate estimate = new AwsKmsBackendProvider().estimate();
      long keys = applied(server, "CreateKey");
      assertThat(keys).isCloseTo(estimate.keys(), CLOSE);
      assertThat((long) server.journal().entries().size()).isCloseTo(estimate.requests(), CLOSE);
      List<String> kept = keys(server, "CreateKey").filter(key -> !isDeleted(server, key)).toList();
      assertThat(kept).as(() -> calls(server, kept)).isEmpty();
    }
  }

  private static long applied(AwsKmsServer server, String operation) {
    return server.journal().of(operation).stream().filter(e -> e.status() == 200).count();
  }

  private static Stream<String> keys(AwsKmsServer server, String operation) {
    return server.journal().of(operation).stream()
        .filter(JournalEntry::applied)
        .flatMap(entry -> entry.keyId().stream());
  }

  private static boolean isDeleted(AwsKmsServer server, String key) {
    return keys(server, "ScheduleKeyDeletion").anyMatch(key::equals);
  }

  private static String calls(AwsKmsServer server, List<String> keys) {
    return server.journal().entries().stream()
        .filter(entry -> entry.keyId().filter(keys::contains).isPresent())
        .map(JournalEntry::toString)
        .collect(Collectors.joining("\n"));
  }

  private static String[] line(AwsKmsServer server, String... command) {
    AwsCredentials credentials = server.credentials();
    List<String> line = new ArrayList<>(List.of(command));
    line.add("-Denclave.environment=development");
    line.add("-Denclave.aws-kms.region=" + server.region());
    line.add("-Denclave.aws-kms.endpoint=" + server.endpoint());
    line.add("-Denclave.aws-kms.sts-endpoint=" + server.endpoint());
    line.add("-Denclave.aws-kms.access-key-id=" + credentials.accessKeyId());
    line.add("-Denclave.aws-kms.secret-access-key=" + credentials.secretAccessKey());
    return line.toArray(String[]::new);
  }
}
