package dev.enclave.auditlog.stream;

import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.auditlog.texts.Texts;
import dev.enclave.internal.ForeignText;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditOutput;
import dev.enclave.spi.audit.AuditSink;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;

/**
 * A sink with outputs beside it. The sink alone decides what is accepted; the outputs get what it
 * has accepted, and their failures are logged, each output's once until it works again.
 * Thread-safe.
 */
public final class AccompaniedSink implements AuditSink {

  private static final System.Logger LOG = System.getLogger("dev.enclave.audit");

  private final AuditSink sink;
  private final List<Companion> companions;

  private AccompaniedSink(AuditSink sink, List<Companion> companions) {
    this.sink = sink;
    this.companions = companions;
  }

  /**
   * The sink with these outputs beside it.
   *
   * @param random names the outputs' chains
   */
  public static AuditSink of(AuditSink sink, List<AuditOutput> outputs, RandomGenerator random) {
    return outputs.isEmpty()
        ? sink
        : new AccompaniedSink(
            sink, outputs.stream().map(output -> Companion.of(output, random)).toList());
  }

  /** As the sink; what the outputs keep is not relied on. */
  @Override
  public boolean keepsRecords() {
    return sink.keepsRecords();
  }

  @Override
  public Collection<Instant> timesOfRecords(Instant from) throws IOException {
    return sink.timesOfRecords(from);
  }

  @Override
  public boolean hasPublicKey(
      BackendId backend, String authority, KeyName key, KeyVersionId version) throws IOException {
    return sink.hasPublicKey(backend, authority, key, version);
  }

  @Override
  public void append(AuditEvent event, Durability durability) throws IOException {
    sink.append(event, durability);
    companions.forEach(companion -> companion.append(event, durability));
  }

  @Override
  public void close() throws IOException {
    companions.forEach(companion -> companion.sink().close());
    sink.close();
  }

  private record Companion(String name, OutputAuditSink sink, AtomicBoolean troubled) {

    static Companion of(AuditOutput output, RandomGenerator random) {
      return new Companion(
          output.getClass().getName(),
          new OutputAuditSink(output, random),
          new AtomicBoolean(false));
    }

    void append(AuditEvent event, Durability durability) {
      try {
        sink.append(event, durability);
        // Read first: a write for every record would keep fetching the cache line.
        if (troubled.get()) {
          troubled.set(false);
        }
      } catch (IOException e) {
        warn(ForeignText.said(e));
      } catch (RuntimeException | LinkageError e) {
        warn(Texts.SINK_THREW.with(e.getClass().getName()));
      }
    }

    private void warn(String why) {
      if (!troubled.getAndSet(true)) {
        LOG.log(System.Logger.Level.WARNING, Texts.OUTPUT_FAILS.with(name, why));
      }
    }
  }
}
