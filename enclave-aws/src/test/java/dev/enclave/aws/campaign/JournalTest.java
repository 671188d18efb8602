package dev.enclave.aws.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.spi.AuditEvent;
import dev.enclave.testkit.RecordingAuditSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** KMS's own log of requests and the audit log tell the same story, and no key is asked for. */
class JournalTest {

  private static final Set<String> READS =
      Set.of(
          "DescribeKey",
          "GetPublicKey",
          "ListResourceTags",
          "ListAliases",
          "ListKeys",
          "GetCallerIdentity");

  /** All that Enclave sends: none of it answers with a private key, or with a part of one. */
  private static final Set<String> WITH_AN_EFFECT =
      Set.of(
          "CreateKey",
          "CreateAlias",
          "UpdateAlias",
          "TagResource",
          "UntagResource",
          "Sign",
          "Encrypt",
          "Decrypt",
          "EnableKey",
          "DisableKey",
          "ScheduleKeyDeletion");

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
    assertThat(journal.stream().map(JournalEntry::operation).filter(o -> !READS.contains(o)))
        .isNotEmpty()
        .isSubsetOf(WITH_AN_EFFECT);
    List<String> effects =
        journal.stream()
            .filter(entry -> !READS.contains(entry.operation()))
            .map(JournalEntry::requestId)
            .toList();
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
