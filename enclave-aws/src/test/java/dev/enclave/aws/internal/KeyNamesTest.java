package dev.enclave.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.aws.AwsKmsBackendProvider;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.RecordingAuditSink;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What it takes to name every key of an account. */
@Tag("full")
class KeyNamesTest {

  private static final int KEYS = 201;
  private static final int PAGE = 100;

  @Test
  void namesEveryKeyByOneRequestForAHundredAliases_andReadsNone() {
    try (AwsKmsServer server = AwsKmsServer.builder().start();
        Enclave enclave = open(server)) {
      List<KeyName> names =
          IntStream.range(0, KEYS).mapToObj(i -> KeyName.of("wallet-" + i)).sorted().toList();
      for (KeyName name : names) {
        enclave.createKey(
            KeySpec.named(name.value()).algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      }
      int aliases = server.journal().of("CreateAlias").size();
      assertThat(aliases).isEqualTo(KEYS);

      server.journal().clear();
      assertThat(enclave.admin().keyNames()).isEqualTo(names);

      assertThat(server.journal().entries())
          .extracting(JournalEntry::operation)
          .containsOnly("ListAliases")
          .hasSize((aliases + PAGE - 1) / PAGE);
    }
  }

  private static Enclave open(AwsKmsServer server) {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(FakeEnvironment.empty())
        .with(new AwsKmsBackendProvider())
        .with(new RecordingAuditSink())
        .config(
            new ConfigSource(
                "test", Openings.settings(server, server.credentials().secretAccessKey())))
        .open();
  }
}
