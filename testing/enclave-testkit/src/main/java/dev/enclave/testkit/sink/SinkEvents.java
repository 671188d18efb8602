package dev.enclave.testkit.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Phase;
import dev.enclave.spi.audit.AuditEvent.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Events that can be told apart in whatever a sink makes of them. */
final class SinkEvents {

  private static final Pattern ID = Pattern.compile("contract-\\d+-\\d+-end");

  private SinkEvents() {}

  static String id(int thread, int number) {
    return "contract-" + thread + "-" + number + "-end";
  }

  static AuditEvent event(int thread, int number) {
    return event(thread, number, "user:7");
  }

  /** An event with a text wherever one from outside may stand. */
  static AuditEvent event(int thread, int number, String text) {
    return new AuditEvent(
        id(thread, number),
        Phase.SINGLE,
        Instant.EPOCH,
        Operation.SIGN,
        text,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Result.SUCCESS,
        Optional.empty(),
        Optional.of("request"),
        Duration.ZERO,
        text.length() < 1000 ? Map.of("text", text) : Map.of());
  }

  /** The ids of the records, one in each. */
  static List<String> ids(List<String> records) {
    return records.stream().map(SinkEvents::onlyId).toList();
  }

  private static String onlyId(String record) {
    List<String> ids = ID.matcher(record).results().map(MatchResult::group).toList();
    assertThat(ids).as("events in one record").hasSize(1);
    return ids.get(0);
  }
}
