package dev.enclave.auditlog.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.auditlog.write.Events;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditOutput;
import dev.enclave.spi.audit.AuditSink;
import dev.enclave.spi.audit.AuditSink.Durability;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** Outputs beside standard output, and what is said of those that fail. */
final class AccompaniedSinkTest {

  private final ByteArrayOutputStream stream = new ByteArrayOutputStream();
  private final Output output = new Output();

  @Test
  void anOutputStandsBesideStandardOutputAsBesideFiles_eachWithAChainOfItsOwn() throws IOException {
    try (AuditSink sink = sink()) {
      for (int i = 0; i < 5; i++) {
        sink.append(Events.numbered(i), Durability.DURABLE);
      }
    }
    List<String> both = new ArrayList<>(output.lines);
    both.addAll(stream.toString(StandardCharsets.UTF_8).lines().toList());

    var found =
        StreamVerifier.verify(
            new ByteArrayInputStream(String.join("\n", both).getBytes(StandardCharsets.UTF_8)));
    assertThat(found.problems()).isEmpty();
    assertThat(found.chains()).hasSize(2).allMatch(chain -> chain.last() == 5);
  }

  @Test
  void manyThreadsGiveAnOutputOneChain() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try (AuditSink sink = sink()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        AuditEvent event = Events.numbered(i);
        all.add(
            pool.submit(
                () -> {
                  sink.append(event, Durability.BUFFERED);
                  return event;
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } finally {
      pool.shutdownNow();
    }
    var found =
        StreamVerifier.verify(
            new ByteArrayInputStream(
                String.join("\n", output.lines).getBytes(StandardCharsets.UTF_8)));
    assertThat(found.problems()).isEmpty();
    assertThat(found.records()).isEqualTo(400);
    assertThat(found.chains()).hasSize(1);
  }

  @Test
  void aFailureIsWarnedOfOnce_andAgainAfterItHasWorked() throws IOException {
    try (Warnings warnings = new Warnings();
        AuditSink sink = sink()) {
      output.fails = true;
      for (int i = 0; i < 10; i++) {
        sink.append(Events.numbered(i), Durability.DURABLE);
      }
      assertThat(warnings.count).isEqualTo(1);

      output.fails = false;
      sink.append(Events.numbered(10), Durability.DURABLE);
      output.fails = true;
      sink.append(Events.numbered(11), Durability.DURABLE);
      sink.append(Events.numbered(12), Durability.DURABLE);
      assertThat(warnings.count).isEqualTo(2);
    }
    assertThat(stream.toString(StandardCharsets.UTF_8).lines()).hasSize(13);
    assertThat(output.lines).hasSize(1);
  }

  private AuditSink sink() {
    return AccompaniedSink.of(
        new StreamAuditSink(stream, new Random(1)), List.of(output), new Random(2));
  }

  private static final class Output implements AuditOutput {

    private final List<String> lines = new ArrayList<>();
    private boolean fails;

    @Override
    public String id() {
      return "lines";
    }

    @Override
    public void write(AuditEvent event, String line) throws IOException {
      if (fails) {
        throw new IOException("full");
      }
      lines.add(line);
    }
  }

  /** Counts what is logged of this output. */
  private static final class Warnings extends Handler implements AutoCloseable {

    private final Logger logger = Logger.getLogger("dev.enclave.audit");
    private int count;

    Warnings() {
      logger.addHandler(this);
    }

    @Override
    public void publish(LogRecord logged) {
      if (logged.getMessage().contains(Output.class.getName())) {
        count++;
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
      logger.removeHandler(this);
    }
  }
}
