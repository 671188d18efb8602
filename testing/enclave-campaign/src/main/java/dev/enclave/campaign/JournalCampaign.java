package dev.enclave.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.campaign.bench.Bench;
import dev.enclave.campaign.bench.RequestIds;
import dev.enclave.campaign.bench.Scenarios;
import dev.enclave.campaign.cloud.Claims;
import dev.enclave.campaign.cloud.CloudUnderTest;
import dev.enclave.campaign.cloud.Scenario;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.testkit.RecordingAuditSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The service's own log of requests and the audit log tell the same story, and no key is asked for.
 */
@Tag("full")
public abstract class JournalCampaign {

  private final CloudUnderTest cloud;

  /** Against this cloud. */
  protected JournalCampaign(CloudUnderTest cloud) {
    this.cloud = cloud;
  }

  @Test
  void everyRequestWithAnEffectIsInOneRecord_andEveryIdInTheLogIsOneOfARequest() {
    RecordingAuditSink audit = new RecordingAuditSink();
    try (Bench bench = new Bench(cloud)) {
      try (Enclave calm = bench.openCalm()) {
        if (Scenarios.imports(cloud)) {
          bench.warmImports(calm);
        }
      }
      int before = bench.journal().size();
      try (Enclave enclave = bench.open(bench.time(), audit)) {
        for (Scenario scenario : Scenarios.of(cloud)) {
          KeySpec<?> key = scenario.key(cloud, 1);
          scenario.prepare(enclave, key);
          scenario.act(enclave, key, new Claims());
        }
      }
      requireAgreeing(bench.journalSince(before), audit.events());
    }
  }

  private void requireAgreeing(List<JournalEntry> journal, List<AuditEvent> events) {
    Map<String, JournalEntry> requests =
        journal.stream().collect(Collectors.toMap(JournalEntry::requestId, Function.identity()));
    List<String> told = new ArrayList<>();
    for (AuditEvent event : events) {
      RequestIds.of(event).forEach(told::add);
    }
    assertThat(told).doesNotHaveDuplicates();
    assertThat(requests.keySet()).containsAll(told);
    cloud.requests().requireNoExports(journal);
    List<String> effects =
        journal.stream()
            .filter(cloud.requests()::hasEffect)
            .filter(entry -> !cloud.nameless().contains(entry.operation()))
            .map(JournalEntry::requestId)
            .toList();
    assertThat(effects).isNotEmpty();
    assertThat(told).containsAll(effects);
    System.out.println(
        requests.size()
            + " requests, "
            + effects.size()
            + " with an effect, each in one of "
            + events.size()
            + " audit records; by operation "
            + Bench.count(journal));
  }
}
