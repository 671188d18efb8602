package dev.enclave.auditlog.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.auditlog.records.AuditRecords;
import dev.enclave.auditlog.write.LaneContent;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Phase;
import dev.enclave.spi.audit.AuditEvent.Result;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

final class StreamAuditSinkTest {

  private final ByteArrayOutputStream stream = new ByteArrayOutputStream();

  @Test
  void writesAChainThatVerifies() throws Exception {
    try (StreamAuditSink sink = new StreamAuditSink(stream, new Random(1))) {
      for (int i = 0; i < 5; i++) {
        sink.append(event("operation-" + i), Durability.DURABLE);
      }
    }
    assertThat(LaneContent.of(stream.toByteArray()).problem()).isEmpty();
    List<SortedMap<String, String>> records = records();
    assertThat(records).hasSize(5);
    assertThat(records.get(0).get("detail.chain")).hasSize(32);
    assertThat(records.get(1)).doesNotContainKey("detail.chain");
  }

  @Test
  void keepsTheChainsOfSeveralProcessesApart() throws Exception {
    try (StreamAuditSink one = new StreamAuditSink(stream, new Random(1));
        StreamAuditSink other = new StreamAuditSink(stream, new Random(2))) {
      for (int i = 0; i < 10; i++) {
        (i % 3 == 0 ? one : other).append(event("operation-" + i), Durability.BUFFERED);
      }
    }
    assertThat(chains(records()).values()).containsExactlyInAnyOrder(4, 6);
  }

  @Test
  void writesOneLineAtATime_whoeverCalls() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try (StreamAuditSink sink = new StreamAuditSink(stream, new Random(1))) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        AuditEvent event = event("operation-" + i);
        all.add(
            pool.submit(
                () -> {
                  sink.append(event, Durability.DURABLE);
                  return event;
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    pool.shutdown();
    assertThat(chains(records()).values()).containsExactly(400);
  }

  @Test
  void refusesWhatCouldNotBeWritten_andGoesOnBehindTheFragment() throws Exception {
    Cutting cutting = new Cutting();
    try (StreamAuditSink sink = new StreamAuditSink(cutting, new Random(1))) {
      sink.append(event("operation-1"), Durability.DURABLE);
      cutting.left = 20;
      assertThatThrownBy(() -> sink.append(event("operation-2"), Durability.DURABLE))
          .isInstanceOf(IOException.class);
      cutting.left = Integer.MAX_VALUE;
      sink.append(event("operation-3"), Durability.DURABLE);
    }
    assertThat(chains(records()).values()).containsExactly(2);
    assertThat(stream.toString(StandardCharsets.UTF_8)).doesNotContain("operation-2");
  }

  @Test
  void refusesEverything_onceClosed() throws IOException {
    StreamAuditSink sink = new StreamAuditSink(stream, new Random(1));
    sink.close();
    sink.close();
    assertThatThrownBy(() -> sink.append(event("operation-1"), Durability.DURABLE))
        .isInstanceOf(IOException.class);
    assertThat(stream.size()).isZero();
  }

  /** Takes so many bytes more. */
  private final class Cutting extends OutputStream {

    private int left = Integer.MAX_VALUE;

    @Override
    public void write(int b) throws IOException {
      if (left-- <= 0) {
        throw new IOException("the pipe is broken");
      }
      stream.write(b);
    }
  }

  private static AuditEvent event(String operationId) {
    return new AuditEvent(
        operationId,
        Phase.SINGLE,
        Instant.EPOCH,
        Operation.SIGN,
        "user:7",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Result.SUCCESS,
        Optional.empty(),
        Optional.empty(),
        Duration.ZERO,
        Map.of());
  }

  private List<SortedMap<String, String>> records() throws IOException {
    List<SortedMap<String, String>> records = new ArrayList<>();
    for (String line : stream.toString(StandardCharsets.UTF_8).lines().toList()) {
      if (line.endsWith("}")) {
        records.add(AuditRecords.parse(line.getBytes(StandardCharsets.UTF_8)));
      }
    }
    return records;
  }

  /** How many records each chain has, by its last hash; a record that follows from none fails. */
  private static Map<String, Integer> chains(List<SortedMap<String, String>> records) {
    Map<String, Integer> lengths = new LinkedHashMap<>();
    for (SortedMap<String, String> record : records) {
      String hash = String.valueOf(record.get("hash"));
      assertThat(AuditRecords.hashOf(record)).isEqualTo(hash);
      String previous = String.valueOf(record.get("previous"));
      int before = previous.equals(AuditRecords.GENESIS) ? 0 : removed(lengths, previous);
      assertThat(record.get("sequence")).isEqualTo(Integer.toString(before + 1));
      lengths.put(hash, before + 1);
    }
    return lengths;
  }

  private static int removed(Map<String, Integer> lengths, String previous) {
    assertThat(lengths).containsKey(previous);
    return Optional.ofNullable(lengths.remove(previous)).orElseThrow();
  }
}
