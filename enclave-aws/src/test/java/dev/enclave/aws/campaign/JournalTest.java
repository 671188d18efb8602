package dev.enclave.aws.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.spi.AuditEvent;
import dev.enclave.testkit.RecordingAuditSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** KMS's own log of requests and the audit log tell the same story, and no key is asked for. */
class JournalTest {

  @Test
  void everyRequestWithAnEffectIsInOneRecord_andEveryIdInTheLogIsOneOfARequest() {
    RecordingAuditSink audit = new RecordingAuditSink();
    try (Kms kms = new Kms()) {
      try (Enclave enclave = kms.open(new SkippingTime(), audit)) {
        for (Scenario scenario : Scenario.values()) {
          scenario.prepare(enclave, scenario.nameOf(1));
          scenario.act(enclave, scenario.nameOf(1), new Claims());
        }
      }
      requireAgreeing(kms.journal(), audit.events());
    }
  }

  private static void requireAgreeing(List<JournalEntry> journal, List<AuditEvent> events) {
    Map<String, JournalEntry> requests =
        journal.stream().collect(Collectors.toMap(JournalEntry::requestId, Function.identity()));
    List<String> told = new ArrayList<>();
    for (AuditEvent event : events) {
      RequestIds.of(event).forEach(told::add);
    }
    assertThat(told).doesNotHaveDuplicates();
    assertThat(requests.keySet()).containsAll(told);
    Requests.requireNoExports(journal);
    List<String> effects =
        journal.stream().filter(Requests::hasEffect).map(JournalEntry::requestId).toList();
    assertThat(told).containsAll(effects);
    System.out.println(
        requests.size()
            + " requests, "
            + effects.size()
            + " with an effect, each in one of "
            + events.size()
            + " audit records; by operation "
            + journal.stream()
                .collect(Collectors.groupingBy(JournalEntry::operation, Collectors.counting())));
  }
}
